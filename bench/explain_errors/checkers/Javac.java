// javac kept alive: java Javac.java MODULE. One request a line on stdin, {"path", "text"} as JSON; one line out.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

class Javac {
    public static void main(String[] arguments) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path classes = Files.createTempDirectory("kibitz-javac");
        // The file stands alone in the patch; the module's other classes are the running JDK's.
        Path sources = Files.createTempDirectory("kibitz-javac");
        List<String> options = List.of(
            "--patch-module", arguments[0] + "=" + sources, "-proc:none", "-implicit:none", "-Xlint:none",
            "-d", classes.toString());
        for (String line; (line = in.readLine()) != null;) {
            String[] parts = line.split("\t", 2);
            Path file = sources.resolve(parts[0]);
            Files.createDirectories(file.getParent());
            Files.write(file, java.util.Base64.getDecoder().decode(parts[1]));
            DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
            var manager = compiler.getStandardFileManager(said, Locale.ENGLISH, StandardCharsets.UTF_8);
            compiler.getTask(null, manager, said, options, null, manager.getJavaFileObjects(file)).call();
            Files.delete(file);
            List<String> found = new ArrayList<>();
            for (Diagnostic<? extends JavaFileObject> it : said.getDiagnostics()) {
                if (it.getKind() == Diagnostic.Kind.ERROR && it.getPosition() != Diagnostic.NOPOS) {
                    found.add(json(it));
                }
            }
            out.println("[" + String.join(",", found) + "]");
        }
    }

    static String json(Diagnostic<? extends JavaFileObject> it) {
        StringBuilder text = new StringBuilder();
        for (char each : it.getMessage(Locale.ENGLISH).toCharArray()) {
            text.append(each < ' ' || each > '~' || each == '"' || each == '\\'
                ? String.format("\\u%04x", (int) each) : String.valueOf(each));
        }
        return String.format("{\"start\": %d, \"end\": %d, \"message\": \"%s\"}",
            it.getPosition(), it.getEndPosition(), text);
    }
}
