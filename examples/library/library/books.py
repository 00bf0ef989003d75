"""Books and the shelves they stand on."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Book:
    isbn: str
    title: str
    author: str
    year: int
    copies: int = 1


@dataclass
class Shelf:
    """Books by ISBN, in the order in which they were added."""

    name: str
    books: dict[str, Book] = field(default_factory=dict)

    def add(self, book: Book) -> None:
        self.books[book.isbn] = book

    def find(self, isbn: str) -> Book | None:
        return self.books.get(isbn)

    def by_author(self, author: str) -> list[Book]:
        return [book for book in self.books.values() if book.author == author]

    def titles(self) -> list[str]:
        return sorted(book.title for book in self.books.values())


def parse_book(line: str) -> Book:
    """Read `isbn;title;author;year;copies`, the format that the old catalogue exports."""
    isbn, title, author, year, copies = line.strip().split(";")
    return Book(isbn=isbn, title=title, author=author, year=int(year), copies=int(copies))


def load_shelf(name: str, path: str) -> Shelf:
    shelf = Shelf(name)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                shelf.add(parse_book(line))
    return shelf
