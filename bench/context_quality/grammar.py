"""What the ruler takes for definitions, bindings and text that is no code, per language.

Deliberately apart from the product's own queries: a definition that those overlook must count as missed.
"""

from dataclasses import dataclass

from lsp_server.text.words import words

FUNCTION, CLASS, FIELD, VARIABLE = "function", "class", "field", "variable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    package: str
    function: str = "language"
    suffixes: tuple[str, ...]
    definitions: dict[str, tuple[str, str]]  # node type → (kind, field with the name)


GRAMMARS = {
    "python": Grammar(
        package="tree_sitter_python", suffixes=(".py",),
        definitions={"function_definition": (FUNCTION, "name"), "class_definition": (CLASS, "name")},
    ),
    "go": Grammar(
        package="tree_sitter_go", suffixes=(".go",),
        definitions={
            "function_declaration": (FUNCTION, "name"), "method_declaration": (FUNCTION, "name"),
            "method_elem": (FUNCTION, "name"), "type_spec": (CLASS, "name"), "const_spec": (VARIABLE, "name"),
            "var_spec": (VARIABLE, "name"), "field_declaration": (FIELD, "name"),
        },
    ),
    "rust": Grammar(
        package="tree_sitter_rust", suffixes=(".rs",),
        definitions={
            "function_item": (FUNCTION, "name"), "function_signature_item": (FUNCTION, "name"),
            "macro_definition": (FUNCTION, "name"), "struct_item": (CLASS, "name"),
            "enum_item": (CLASS, "name"), "trait_item": (CLASS, "name"), "type_item": (CLASS, "name"),
            "enum_variant": (FIELD, "name"), "field_declaration": (FIELD, "name"),
            "const_item": (VARIABLE, "name"), "static_item": (VARIABLE, "name"), "mod_item": (CLASS, "name"),
        },
    ),
    "typescript": Grammar(
        package="tree_sitter_typescript", function="language_typescript", suffixes=(".ts", ".mts", ".cts"),
        definitions={
            "function_declaration": (FUNCTION, "name"), "function_signature": (FUNCTION, "name"),
            "method_definition": (FUNCTION, "name"), "method_signature": (FUNCTION, "name"),
            "abstract_method_signature": (FUNCTION, "name"), "class_declaration": (CLASS, "name"),
            "abstract_class_declaration": (CLASS, "name"), "interface_declaration": (CLASS, "name"),
            "type_alias_declaration": (CLASS, "name"), "enum_declaration": (CLASS, "name"),
            "property_signature": (FIELD, "name"), "public_field_definition": (FIELD, "name"),
            "variable_declarator": (VARIABLE, "name"),
        },
    ),
    "java": Grammar(
        package="tree_sitter_java", suffixes=(".java",),
        definitions={
            "class_declaration": (CLASS, "name"), "interface_declaration": (CLASS, "name"),
            "enum_declaration": (CLASS, "name"), "record_declaration": (CLASS, "name"),
            "annotation_type_declaration": (CLASS, "name"), "method_declaration": (FUNCTION, "name"),
            "constructor_declaration": (FUNCTION, "name"), "enum_constant": (FIELD, "name"),
            "variable_declarator": (FIELD, "name"),
        },
    ),
    "c": Grammar(
        package="tree_sitter_c", suffixes=(".c", ".h"),
        definitions={
            "function_definition": (FUNCTION, "declarator"), "declaration": (FUNCTION, "declarator"),
            "struct_specifier": (CLASS, "name"), "enum_specifier": (CLASS, "name"),
            "type_definition": (CLASS, "declarator"), "field_declaration": (FIELD, "declarator"),
            "preproc_function_def": (FUNCTION, "name"), "preproc_def": (VARIABLE, "name"),
            "enumerator": (VARIABLE, "name"),
        },
    ),
}  # fmt: skip

IMPORTS = words(
    """
    import_statement import_from_statement future_import_statement import_declaration use_declaration
    package_declaration package_clause preproc_include extern_crate_declaration
    """
)
NOT_CODE = words(
    """
    comment line_comment block_comment attribute_item interpreted_string_literal raw_string_literal
    string_literal char_literal string_fragment string template_string concatenated_string
    """
)
# Strings that can hold code: `${…}` and f"{…}".
INTERPOLATED = frozenset(("string", "template_string", "concatenated_string"))

# Node type → the field whose identifier is bound here and so is a local name; "" for any direct child.
BINDINGS = {
    "assignment": "left", "for_statement": "left", "for_in_clause": "left", "default_parameter": "name",
    "typed_default_parameter": "name", "named_expression": "name", "keyword_argument": "name",
    "parameter_declaration": "name", "variadic_parameter_declaration": "name", "range_clause": "left",
    "short_var_declaration": "left", "let_declaration": "pattern", "parameter": "pattern",
    "required_parameter": "pattern", "optional_parameter": "pattern", "variable_declarator": "name",
    "formal_parameter": "name", "init_declarator": "declarator", "enhanced_for_statement": "name",
    "resource": "name", "arrow_function": "parameter", "parameters": "", "lambda_parameters": "",
    "typed_parameter": "", "as_pattern_target": "", "pattern_list": "", "tuple_pattern": "",
    "list_splat_pattern": "", "dictionary_splat_pattern": "", "expression_list": "", "closure_parameters": "",
    "tuple_struct_pattern": "", "object_pattern": "", "array_pattern": "", "pointer_declarator": "",
    "shorthand_property_identifier_pattern": "", "catch_clause": "", "lifetime": "", "type_parameters": "",
    "type_parameter": "", "inferred_parameters": "", "labeled_statement": "",
}  # fmt: skip

# Names that every project is full of: finding them proves nothing.
EVERYDAY = words(
    """
    self cls this super None True False null undefined true false print len str int float bool dict list set
    tuple object range isinstance getattr setattr type Exception ValueError TypeError KeyError string error
    nil err append make byte Some Ok Err Option Result Vec String Self usize u8 u32 u64 i32 i64 Box console
    log Promise Array Object Number Boolean any void number boolean unknown never Record Partial Override
    List Map Set Integer printf NULL size_t uint64_t get name value data new id key args kwargs path init
    main test run url text body next
    """
)
