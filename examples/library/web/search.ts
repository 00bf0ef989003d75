/** Search over the catalogue that the desk exports as JSON. */

export interface Book {
  isbn: string;
  title: string;
  author: string;
  year: number;
  copies: number;
}

export function byTitle(books: Book[], words: string): Book[] {
  const wanted = words.toLowerCase().split(/\s+/);
  return books.filter((book) => wanted.every((word) => book.title.toLowerCase().includes(word)));
}

export function byAuthor(books: Book[], author: string): Book[] {
  return books.filter((book) => book.author.toLowerCase() === author.toLowerCase());
}

export function newestFirst(books: Book[]): Book[] {
  return [...books].sort((a, b) => b.year - a.year);
}
