"""Names that say nothing about what a piece of code is for."""

from lsp_server.text.words import words

# Of all languages together: a name that is free in one is rare enough in it.
KEYWORDS = words(
    """
    def class return if else elif for while in not and or is import from as with try except finally
    raise lambda pass yield async await func var const type struct interface package go defer range
    switch case default break continue map chan fn let mut pub impl use mod match enum trait where self
    Self crate super move ref static loop unsafe dyn function export extends implements new this typeof
    instanceof void null undefined true false public private protected final abstract throws throw int
    long char short unsigned double float bool boolean string None True False nil fi then do done esac
    echo local include define ifdef ifndef endif sizeof typedef
    """
)
# Names every repository is full of; a definition of one of them says nothing.
EVERYDAY = words(
    """
    self cls this super None True False null undefined true false print len str int float bool dict list
    set tuple object range isinstance getattr setattr type Exception ValueError TypeError KeyError
    string error nil err append make byte Some Ok Err Option Result Vec String Self usize u8 u32 u64 i32
    i64 Box console log Promise Array Object Number Boolean any void number boolean unknown never Record
    Partial Override List Map Set Integer printf NULL size_t uint64_t get name value data new id key
    args kwargs path init main test run url text body next
    """
)
