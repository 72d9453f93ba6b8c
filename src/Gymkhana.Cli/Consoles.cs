using Spectre.Console;

namespace Gymkhana.Cli;

/// <summary>The console that tables are written to.</summary>
internal static class Consoles
{
    private const int PlainWidth = 120;

    /// <summary>Standard output; when it is no terminal, without colours and as wide as a log usually is.</summary>
    /// <returns>The console.</returns>
    public static IAnsiConsole Out()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }
}
