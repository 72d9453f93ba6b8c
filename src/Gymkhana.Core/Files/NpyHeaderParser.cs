using System.Collections.Immutable;
using System.Globalization;

namespace Gymkhana.Core.Files;

/// <summary>
/// Reads the Python dictionary of an npy header: exactly the keys descr, fortran_order and shape, in any order, with either quote.
/// Nothing is evaluated; whatever is not plain is refused.
/// </summary>
internal ref struct NpyHeaderParser
{
    private const int MostAxes = 64;
    private const string SaveAgain = "Save the array again, or copy the file again.";

    private readonly ReadOnlySpan<char> _text;
    private readonly string _origin;
    private int _at;

    private NpyHeaderParser(ReadOnlySpan<char> text, string origin)
    {
        _text = text;
        _origin = origin;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="text">The header without its prefix.</param>
    /// <param name="origin">The file, for messages.</param>
    /// <returns>The header.</returns>
    /// <exception cref="DamagedFileException">It is not valid, or describes something refused.</exception>
    public static NpyHeader Parse(ReadOnlySpan<char> text, string origin)
    {
        NpyHeaderParser parser = new(text, origin);
        return parser.ReadDictionary();
    }

    private NpyHeader ReadDictionary()
    {
        string? descriptor = null;
        bool? fortran = null;
        ImmutableArray<long> shape = default;
        Expect('{');
        while (!Take('}'))
        {
            string key = ReadString();
            Expect(':');
            switch (key)
            {
                case "descr" when descriptor is null:
                    descriptor = ReadDescriptor();
                    break;
                case "fortran_order" when fortran is null:
                    fortran = ReadBoolean();
                    break;
                case "shape" when shape.IsDefault:
                    shape = ReadShape();
                    break;
                default:
                    throw Damaged(
                        $"the header has the key {FileText.Quote(key)} twice or out of place, expected descr, fortran_order, shape");
            }

            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpace();
        if (_at < _text.Length)
        {
            throw Damaged($"the header goes on after its end with {FileText.Quote(_text[_at..].ToString())}");
        }

        if (descriptor is null || fortran is null || shape.IsDefault)
        {
            throw Damaged("the header lacks descr, fortran_order or shape");
        }

        return new NpyHeader(ReadType(descriptor, out bool bigEndian), bigEndian, fortran.Value, shape);
    }

    private readonly NpyType ReadType(string descriptor, out bool bigEndian)
    {
        if (descriptor is "|O" or "O" || descriptor.EndsWith('O'))
        {
            throw new DamagedFileException(
                _origin, "refused: object arrays need pickle, which can run code", "Save it with a plain dtype such as float32.");
        }

        if (!NpyType.TryParse(descriptor, out NpyType type, out bigEndian))
        {
            throw new DamagedFileException(
                _origin,
                $"refused: the type {FileText.Quote(descriptor)} is not supported, expected bool, int, uint, float, complex, bytes or str",
                "Save it with a plain dtype such as float32.");
        }

        return type;
    }

    private string ReadDescriptor()
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] is '[' or '(')
        {
            throw new DamagedFileException(
                _origin, "refused: structured arrays (several named fields) are not supported", "Save each field as an array of its own.");
        }

        return ReadString();
    }

    private bool ReadBoolean()
    {
        SkipSpace();
        foreach (string word in (ReadOnlySpan<string>)["True", "False"])
        {
            if (_text[_at..].StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return word.Length == 4;
            }
        }

        throw Unexpected("True or False");
    }

    private ImmutableArray<long> ReadShape()
    {
        ImmutableArray<long>.Builder shape = ImmutableArray.CreateBuilder<long>();
        Expect('(');
        while (!Take(')'))
        {
            if (shape.Count == MostAxes)
            {
                throw Damaged("the shape has more than 64 axes");
            }

            shape.Add(ReadLength());
            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }

        return shape.ToImmutable();
    }

    private long ReadLength()
    {
        SkipSpace();
        int start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        if (start == _at)
        {
            throw Unexpected("a length");
        }

        ReadOnlySpan<char> digits = _text[start.._at];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            throw Damaged($"the shape has an axis of {FileText.Quote(digits.ToString())}, more than 64 bits can count");
        }

        // Python 2 wrote long numbers as 3L.
        if (_at < _text.Length && _text[_at] == 'L')
        {
            _at++;
        }

        return length;
    }

    private string ReadString()
    {
        SkipSpace();
        char quote = _at < _text.Length ? _text[_at] : '\0';
        if (quote is not ('\'' or '"'))
        {
            throw Unexpected("a quoted word");
        }

        int length = _text[(_at + 1)..].IndexOf(quote);
        if (length < 0)
        {
            throw Unexpected("a quoted word with an end");
        }

        string word = _text.Slice(_at + 1, length).ToString();
        _at += length + 2;
        return word;
    }

    private void Expect(char wanted)
    {
        if (!Take(wanted))
        {
            throw Unexpected($"'{wanted}'");
        }
    }

    private bool Take(char wanted)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }
    }

    private readonly DamagedFileException Unexpected(string wanted)
    {
        string found = _at < _text.Length ? FileText.Quote(_text[_at..].ToString()) : "its end";
        return Damaged($"the header is not a valid dictionary: expected {wanted} at character {_at}, got {found}");
    }

    private readonly DamagedFileException Damaged(string problem) => new(_origin, problem, SaveAgain);
}
