import re, sys
from functools import lru_cache

sys.setrecursionlimit(10_000)
print("loading text.py")

def clean(text):
    text = re.sub('<[^<>]+>', ' ', text)
    text = re.sub('\\[[^\\[\\]]*\\]', ' ', text)
    out = ''
    for c in text:
        if c.isalnum() or c.isspace():
            out = out + c
    print("cleaned", repr(out))
    return ' '.join(out.split())

def tokenize(text, lower = True):
    toks = []
    cur = ''
    for c in text:
        if c.isalnum(): cur += c
        else:
            if cur != '': toks.append(cur)
            cur = ''
    if cur != '': toks.append(cur)
    if lower == True:
        toks = [t.lower() for t in toks]
    return toks

def remove_stop_words(tokens, stop_words):
    stop_words = [w.lower() for w in list(stop_words)]
    new = list(tokens)
    for t in tokens:
        if t.lower() in stop_words:
            while t in new:
                new.remove(t)
    return new

def stem(token):
    if token.endswith('ss'): return token
    if token.endswith('ing') and len(token) >= 6: return token[:-3]
    if token.endswith('ed') and len(token) >= 5: return token[:-2]
    if token.endswith('es') and len(token) >= 5: return token[:-2]
    if token.endswith('s') and len(token) >= 4: return token[:-1]
    return token

def edit_distance(source, target, substitution_cost = 2):
    if substitution_cost < 0: raise ValueError('bad substitution_cost!')
    @lru_cache(maxsize = None)
    def d(i, j):
        if i == 0: return j
        if j == 0: return i
        if source[i-1] == target[j-1]: return d(i-1, j-1)
        return min(d(i-1, j) + 1, d(i, j-1) + 1, d(i-1, j-1) + substitution_cost)
    return d(len(source), len(target))

def edit_script(source, target, substitution_cost = 2):
    if substitution_cost < 0: raise ValueError('bad substitution_cost!')
    n = len(source); m = len(target)
    D = [[(0, None)] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            options = []
            if i > 0 and j > 0:
                if source[i-1] == target[j-1]: options.append((D[i-1][j-1][0], 'keep'))
                else: options.append((D[i-1][j-1][0] + substitution_cost, 'substitute'))
            if i > 0: options.append((D[i-1][j][0] + 1, 'delete'))
            if j > 0: options.append((D[i][j-1][0] + 1, 'insert'))
            if options: D[i][j] = min(options)
    ops = []
    i = n; j = m
    while i > 0 or j > 0:
        op = D[i][j][1]
        a = '' if op == 'insert' else source[i-1]
        b = '' if op == 'delete' else target[j-1]
        ops = [(op, a, b)] + ops
        if op != 'insert': i -= 1
        if op != 'delete': j -= 1
    return ops

if __name__ == '__main__':
    print(edit_distance(input(), input()))
