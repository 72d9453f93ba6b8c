using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Gymkhana.Cli.Commands;
using Gymkhana.Core;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli;

/// <summary>Reads the command line, runs the command, and turns failures into one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Exit code of work that was done.</summary>
    public const int Done = 0;

    /// <summary>Exit code of work that failed or was stopped before its end.</summary>
    public const int Failed = 1;

    /// <summary>Exit code of a request that cannot be understood.</summary>
    public const int WrongUsage = 2;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="open">Makes the rooms; called only by commands that need them.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, Func<Rooms> open)
    {
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        if (Console.OutputEncoding.CodePage != Encoding.UTF8.CodePage)
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        var rooms = new Lazy<Rooms>(open);
        var debug = new Option<bool>("--debug") { Description = "show where in the program a failure came from", Recursive = true };
        var log = new Option<string?>("--log") { Description = "write into a file, at its end, what would be printed", HelpName = "FILE", Recursive = true };
        var root = new RootCommand("Gymkhana: a lab for learning agents.")
        {
            debug,
            log,
            EnvsCommand.Build(rooms),
            TrainCommand.Build(rooms),
            ResumeCommand.Build(rooms),
            ReportCommand.Build(rooms),
            EvaluateCommand.Build(rooms),
            GridCommand.Build(rooms),
            RolloutCommand.Build(rooms),
            RaceCommand.Build(rooms),
            RecordCommand.Build(rooms),
            ExportCommand.Build(rooms),
            DatasetCommand.Build(rooms),
            OnnxCommand.Build(),
            BenchCommand.Build(),
            LabCommand.Build(rooms),
        };

        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        bool showTrace = parsed.GetValue(debug);
        using var background = StopSignal.IsBackground ? new Deafness() : null;
        try
        {
            if (parsed.GetValue(log) is string path) Divert(path);
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
            {
                throw Misunderstood(parsed);
            }

            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return Failed;
        }
        catch (GymkhanaException failure)
        {
            Report(failure, failure.Message, showTrace);
            return IsWrongUsage(failure) ? WrongUsage : Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Report(failure, failure.Message.ReplaceLineEndings(" "), showTrace);
            return Failed;
        }
        catch (Exception failure) when (!showTrace)
        {
            Report(failure, $"a fault in the program ({failure.GetType().Name}): {failure.Message.ReplaceLineEndings(" ")} Run the same command with --debug for the details.", showTrace);
            return Failed;
        }
    }

    // The file is the process's own to its end; every line is there as soon as it is written.
    private static void Divert(string path)
    {
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        TextWriter writer = TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
        Console.SetOut(writer);
        Console.SetError(writer);
    }

    private static bool IsWrongUsage(GymkhanaException failure) =>
        failure is UsageException or UnknownNameException or SettingException or RunFolderTakenException or RunNotFoundException or RunFinishedException;

    private static void Report(Exception failure, string line, bool showTrace)
    {
        Console.Error.WriteLine($"gymkhana: {line}");
        if (showTrace)
        {
            Console.Error.WriteLine(failure);
        }
    }

    // The parser's own words name what is missing; a name it does not know gets the nearest one beside it.
    private static GymkhanaException Misunderstood(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = command is RootCommand ? "gymkhana --help" : $"gymkhana {command.Name} --help";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string word = parsed.UnmatchedTokens[0];
            if (word.StartsWith('-'))
            {
                return UnknownNameException.For("option", word, OptionNames(parsed.CommandResult), $"'{help}' lists them");
            }

            return command is RootCommand
                ? UnknownNameException.For("command", word, command.Subcommands.Select(c => c.Name), $"'{help}' lists them")
                : new UsageException($"'gymkhana {command.Name}' does not expect '{word}'. '{help}' shows what it takes.");
        }

        return new UsageException($"{parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.')}. '{help}' shows what it takes.");
    }

    private static IEnumerable<string> OptionNames(CommandResult result) =>
        result.Command.Options.Select(o => o.Name).Append("--debug").Append("--help");
}
