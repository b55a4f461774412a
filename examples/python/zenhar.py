"""Zenhar's engines from Python, by ctypes alone: nothing to compile, nothing to install besides libzenhar.

    import zenhar
    week = zenhar.surge(counts, method="farrington-flexible", alpha=0.01)
    total = zenhar.estimate({(1, 0, 1): 12, (1, 1, 0): 7, ...}, method="loglinear")
    found = zenhar.link(["given name", "surname"], rows)

Where the library is not on the loader's path, ZENHAR_LIBRARY names its file. Run by itself, this file shows
each of them on numbers made here."""
import ctypes
import json
import math
import os

_lib = ctypes.CDLL(os.environ.get("ZENHAR_LIBRARY", "libzenhar.so.0"))
_size, _text, _double = ctypes.c_size_t, ctypes.c_char_p, ctypes.POINTER(ctypes.c_double)
_whole = ctypes.POINTER(ctypes.c_uint32)


def _declare(name, returns, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = returns, arguments
    return function


_error = _declare("zenhar_error", _text)
_version = _declare("zenhar_version", _text)
_language = _declare("zenhar_language", ctypes.c_int, _text)
_free = _declare("zenhar_free", None, ctypes.c_void_p)
_surge = _declare("zenhar_surge", ctypes.c_int, _double, _size, _text, _size, _size, _double, _double, _double, _double,
                  ctypes.POINTER(ctypes.c_int))
_fdr = _declare("zenhar_fdr", ctypes.c_int, _double, _size, _double)
_estimate = _declare("zenhar_estimate", ctypes.c_int, ctypes.c_uint, _size, _whole, ctypes.POINTER(ctypes.c_uint64), _text,
                     _double, _double, ctypes.POINTER(ctypes.c_void_p))
_link_new = _declare("zenhar_link_new", ctypes.c_void_p, _size, ctypes.POINTER(_text))
_link_free = _declare("zenhar_link_free", None, ctypes.c_void_p)
_link_add = _declare("zenhar_link_add", ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(_text))
_link_run = _declare("zenhar_link_run", ctypes.c_int, ctypes.c_void_p, _text, _text)
_link_config = _declare("zenhar_link_config", _text, ctypes.c_void_p)
_link_n_pairs = _declare("zenhar_link_n_pairs", _size, ctypes.c_void_p)
_link_pairs = _declare("zenhar_link_pairs", None, ctypes.c_void_p, _whole, _whole, _double, _double)
_link_clusters = _declare("zenhar_link_clusters", None, ctypes.c_void_p, _whole)
_normalize = _declare("zenhar_normalize", ctypes.c_int, _text, _text, ctypes.POINTER(ctypes.c_void_p))
_name_key = _declare("zenhar_name_key", ctypes.c_int, _text, ctypes.POINTER(ctypes.c_void_p))


class Error(Exception):
    """One sentence: what, where, what to do."""


def _check(status):
    if status > 1:
        raise Error(_error().decode())
    return status


def _options(options):
    """half_window=3 becomes half-window=3."""
    return " ".join(f"{name.replace('_', '-')}={int(value) if isinstance(value, bool) else value}"
                    for name, value in options.items()).encode()


def _take(pointer):
    text = ctypes.string_at(pointer).decode()
    _free(pointer)
    return text


def version():
    return _version().decode()


def language(tag):
    """Sentences in "en" (at first) or "fa", for this thread."""
    _check(_language(tag.encode()))


def surge(counts, first=0, last=0, **options):
    """Each interval of a series against those before it: a list of dicts; None where there is no number."""
    n = len(counts)
    columns = [(ctypes.c_double * n)() for _ in range(4)]
    alarms = (ctypes.c_int * n)()
    _check(_surge((ctypes.c_double * n)(*counts), n, _options(options), first, last, *columns, alarms))
    names = ("expected", "upper", "score", "p_value")
    return [dict(count=counts[i], alarm=bool(alarms[i]),
                 **{name: None if math.isnan(column[i]) else column[i] for name, column in zip(names, columns)})
            for i in range(n)]


def fdr(p_values):
    n = len(p_values)
    out = (ctypes.c_double * n)()
    _check(_fdr((ctypes.c_double * n)(*p_values), n, out))
    return list(out)


def estimate(patterns, **options):
    """patterns: {(on list 1, on list 2, ...): persons}. The command line's JSON as a dict; its "estimate", "q025" …
    "q975" are the total; "reliable" says whether to believe it."""
    n_lists = len(next(iter(patterns)))
    masks = [sum(1 << j for j, on in enumerate(pattern) if on) for pattern in patterns]
    total, quantiles, answer = ctypes.c_double(), (ctypes.c_double * 5)(), ctypes.c_void_p()
    _check(_estimate(n_lists, len(masks), (ctypes.c_uint32 * len(masks))(*masks),
                     (ctypes.c_uint64 * len(masks))(*patterns.values()), _options(options), ctypes.byref(total), quantiles,
                     ctypes.byref(answer)))
    return json.loads(_take(answer))


def link(columns, rows, sources=None, config=None, **options):
    """rows: lists of texts (None or "" where missing). {"clusters": [...], "pairs": [(left, right, bits, probability)],
    "config": text}."""
    handle = _link_new(len(columns), (_text * len(columns))(*(name.encode() for name in columns)))
    if not handle:
        raise Error(_error().decode())
    try:
        for i, row in enumerate(rows):
            fields = (_text * len(columns))(*(None if field is None else str(field).encode() for field in row))
            _check(_link_add(handle, sources[i] if sources else 0, fields))
        _check(_link_run(handle, config.encode() if config else None, _options(options)))
        n = _link_n_pairs(handle)
        left, right = (ctypes.c_uint32 * n)(), (ctypes.c_uint32 * n)()
        bits, probability = (ctypes.c_double * n)(), (ctypes.c_double * n)()
        _link_pairs(handle, left, right, bits, probability)
        clusters = (ctypes.c_uint32 * len(rows))()
        _link_clusters(handle, clusters)
        return {"clusters": list(clusters), "pairs": list(zip(left, right, bits, probability)),
                "config": _link_config(handle).decode()}
    finally:
        _link_free(handle)


def normalize(text, **options):
    result = ctypes.c_void_p()
    _check(_normalize(text.encode(), _options(options), ctypes.byref(result)))
    return _take(result)


def name_key(name):
    result = ctypes.c_void_p()
    _check(_name_key(name.encode(), ctypes.byref(result)))
    return _take(result)


if __name__ == "__main__":
    weeks = [3 + (i % 4) + (i // 26) % 2 for i in range(320)] + [19]
    newest = surge(weeks, method="farrington-flexible", alpha=0.01)[-1]
    print(f"This week {newest['count']}, expected {newest['expected']:.1f}, bound {newest['upper']:.1f}: "
          f"{'an alarm' if newest['alarm'] else 'no alarm'}")
    answer = estimate({(1, 0, 0): 130, (0, 1, 0): 95, (0, 0, 1): 78, (1, 1, 0): 31, (1, 0, 1): 26, (0, 1, 1): 19, (1, 1, 1): 9},
                      method="loglinear")
    print(f"On some list {answer['observed']}, in all about {answer['estimate']:.0f} "
          f"({answer['q025']:.0f} to {answer['q975']:.0f})")
    print(normalize("گزارشهای سازمانهای حقوق بشر می گویند"))
