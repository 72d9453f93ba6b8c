using System.Text;

namespace Gymkhana.Tensors.Onnx;

/// <summary>Text taken from a stranger's file, made fit for a one-line message.</summary>
internal static class OnnxText
{
    private const int LongestQuote = 60;
    private const int LongestLine = 1000;

    /// <summary>The text without control characters, cut where it is absurdly long.</summary>
    public static string OneLine(string text)
    {
        if (text.Length <= LongestLine && !text.Any(char.IsControl))
        {
            return text;
        }

        StringBuilder line = new();
        foreach (char letter in text.AsSpan(0, Math.Min(text.Length, LongestLine)))
        {
            line.Append(char.IsControl(letter) ? ' ' : letter);
        }

        return line.ToString();
    }

    /// <summary>A name from the file within quotes, cut to at most 60 letters.</summary>
    public static string Quote(string text) =>
        text.Length <= LongestQuote ? $"'{OneLine(text)}'" : $"'{OneLine(text[..LongestQuote])}...'";

    /// <summary>A shape as "[2, 3]".</summary>
    public static string Shape(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
