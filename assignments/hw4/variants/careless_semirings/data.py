import re, string

class Reader:
    def __init__(self): self.done = []; self.now = []
    def line(self, l):
        l = l.rstrip("\r\n")
        if not l.strip(): self.flush()
        elif l.startswith("#"): pass
        else:
            c = l.split("\t")
            if re.fullmatch("[0-9]+", c[0]): self.now.append((c[1], c[3]))
    def flush(self):
        if self.now: self.done.append(self.now)
        self.now = []

def read_conllu(text):
    r = Reader()
    for l in text.split("\n"): r.line(l)
    r.flush()
    return r.done

def word_class(word):
    if set(word) & set(string.digits): return "<num>"
    h = re.findall("[가-힣]", word)
    if h: return "<hangul:" + h.pop() + ">"
    if "-" in word: return "<hyphen>"
    m = re.search("(ing|ed|ly|s)$", word)
    if m: return "<" + m[1] + ">"
    if word and word[0] in string.ascii_uppercase: return "<cap>"
    if word and word[0] != word[0].lower(): return "<cap>"
    return "<unk>"
