using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gymkhana.Cli.Films;
using Gymkhana.Core.Environments;
using Gymkhana.Lab;

namespace Gymkhana.Cli.Commands;

/// <summary><c>lab</c>: serves the lab in the browser.</summary>
internal static class LabCommand
{
    private const int TokenBytes = 24;

    public static Command Build(Lazy<Rooms> rooms)
    {
        Option<int?> port = SharedOptions.Number("--port", "P", $"port to listen at, 0 for any that is free (default: {LabOptions.DefaultPort})", 0);
        var runs = new Option<string>("--runs") { Description = "folder of the runs", HelpName = "DIR", DefaultValueFactory = _ => "runs" };
        var listen = new Option<string?>("--listen") { Description = "address to listen at instead of this machine's loopback; a token is then demanded, which is printed", HelpName = "ADDRESS" };
        var command = new Command("lab", "serve the lab: watch, start, compare and resume trainings in the browser") { port, runs, listen };
        command.SetAction(parsed =>
        {
            int chosen = parsed.GetValue(port) ?? LabOptions.DefaultPort;
            if (chosen > ushort.MaxValue) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"Option --port expects at most {ushort.MaxValue}, got {chosen}."));
            string? address = parsed.GetValue(listen);
            var options = new LabOptions
            {
                RunsFolder = parsed.GetRequiredValue(runs),
                ModelsFolder = "models",
                PageFolder = Path.Combine(AppContext.BaseDirectory, "lab"),
                Port = chosen,
                Listen = address,
                Token = address is null ? null : RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true),
            };
            ServeAsync(PartsOf(rooms.Value), options).GetAwaiter().GetResult();
            return CommandLine.Done;
        });
        return command;
    }

    /// <summary>What the lab needs of the program.</summary>
    internal static LabParts PartsOf(Rooms rooms) => new()
    {
        Environments = rooms.Environments,
        Algorithms = rooms.Algorithms,
        Policies = rooms.Policies,
        FindPolicy = (text, environment, assignments) =>
        {
            ResolvedPolicy found = new PolicyResolver(rooms).Resolve(text);
            return (found.Policy, found.SettingsIn(environment, assignments));
        },
        NetworkAt = GenomeNetwork.At,
        Command = Start,
    };

    private static async Task ServeAsync(LabParts parts, LabOptions options)
    {
        await using var server = new LabServer(parts, options);
        using var stop = new StopSignal(() => Console.Error.WriteLine("\nThe lab ends; trainings that it started go on."));
        await server.StartAsync(stop.Token);
        if (!File.Exists(Path.Combine(options.PageFolder, "index.html"))) Console.Error.WriteLine("The page was not built, for want of Node.js 20 or newer; only the HTTP interface is served.");
        Console.Out.WriteLine($"The lab is at {server.Address} with the runs in {Path.GetFullPath(options.RunsFolder)}. Ctrl-C ends it.");
        await server.RunAsync(stop.Token);
    }

    // The same program again, whether it was started through its own executable or by 'dotnet gymkhana.dll'.
    private static ProcessStartInfo Start(IReadOnlyList<string> words)
    {
        string self = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(self) { UseShellExecute = false, CreateNoWindow = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gymkhana.dll"));
        foreach (string word in words) start.ArgumentList.Add(word);
        start.Environment[StopSignal.Background] = "1";
        return start;
    }
}
