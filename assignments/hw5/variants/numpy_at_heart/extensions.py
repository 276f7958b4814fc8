"""Bonus exercises."""

import torch


def bert_embeddings(ids, segments, token, segment, position):
    out = []
    for row, parts in zip(ids, segments):
        out.append(torch.stack([
            token[word] + segment[part] + position[t]
            for t, (word, part) in enumerate(zip(row, parts))
        ]))
    return torch.stack(out)


def reverse_source(ids, lengths):
    rows = []
    for row, n in zip(ids.tolist(), lengths.tolist()):
        rows.append(row[:n][::-1] + row[n:])
    return torch.tensor(rows, dtype=ids.dtype)


def distillation_loss(student, teacher, targets, temperature, alpha):
    truth = torch.softmax(teacher / temperature, 1)
    log_truth = torch.log_softmax(teacher / temperature, 1)
    log_model = torch.log_softmax(student / temperature, 1)
    soft = (truth * (log_truth - log_model)).sum(1).mean()
    hard = -torch.log_softmax(student, 1)[range(len(targets)), targets].mean()
    return alpha * temperature**2 * soft + (1 - alpha) * hard


def transformer_parameters(d_model, heads, layers, d_ff, src_vocab, tgt_vocab, tie):
    attention = 4 * (d_model * d_model + d_model)
    feed = d_model * d_ff + d_ff + d_ff * d_model + d_model
    encoder = attention + feed + 2 * 2 * d_model
    decoder = 2 * attention + feed + 3 * 2 * d_model
    output = tgt_vocab + (0 if tie else tgt_vocab * d_model)
    return layers * (encoder + decoder) + (src_vocab + tgt_vocab) * d_model + output
