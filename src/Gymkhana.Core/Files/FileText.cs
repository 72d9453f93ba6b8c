namespace Gymkhana.Core.Files;

/// <summary>Text taken from files and names, made fit for a one-line message.</summary>
internal static class FileText
{
    private const int LongestQuote = 60;

    /// <summary>The text without line breaks and other control characters.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>One line.</returns>
    public static string OneLine(string text) =>
        string.Create(text.Length, text, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });

    /// <summary>The beginning of the text on one line, within single quotes.</summary>
    /// <param name="text">Any text, of any length.</param>
    /// <returns>At most 65 characters.</returns>
    public static string Quote(string text) =>
        text.Length <= LongestQuote ? $"'{OneLine(text)}'" : $"'{OneLine(text[..LongestQuote])}...'";
}
