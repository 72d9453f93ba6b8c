namespace Gymkhana.Lab.Runs;

/// <summary>What a process of the command line has printed, in the file that it was given with <c>--log</c>.</summary>
internal static class ProcessLog
{
    private const string Name = "gymkhana: ";

    /// <summary>The last thing it has said, such as why it ended; null where it has said nothing.</summary>
    public static string? LastLine(string path)
    {
        string? line = File.Exists(path) ? File.ReadLines(path).LastOrDefault(l => l.Length > 0) : null;
        return line is not null && line.StartsWith(Name, StringComparison.Ordinal) ? line[Name.Length..] : line;
    }
}
