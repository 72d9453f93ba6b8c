using System.Diagnostics;
using System.Text.Json;

namespace Gymkhana.Tests.Cli;

/// <summary>What a run of the built program printed and returned.</summary>
internal sealed record Answer(int ExitCode, string Output, string Errors)
{
    /// <summary>The one object on standard output; fails when there is anything else.</summary>
    public JsonElement Json()
    {
        Assert.True(Output.Length > 0, $"nothing on standard output; errors: {Errors}");
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    /// <summary>The one line on standard error.</summary>
    public string Line()
    {
        Assert.Empty(Output);
        string line = Assert.Single(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("gymkhana: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Errors, StringComparison.Ordinal);
        return line;
    }
}

/// <summary>The built command line, started as a process of its own.</summary>
internal static class GymkhanaProcess
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "gymkhana.dll");

    /// <summary>How long a process may take on the slowest of machines.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static Answer Run(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        return Finish(process);
    }

    /// <summary>Waits for the end of a process.</summary>
    public static Answer Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            Assert.Fail($"{string.Join(' ', process.StartInfo.ArgumentList)} did not end within {Limit.TotalSeconds} s");
        }

        return new Answer(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Runs with variables of the environment set.</summary>
    public static Answer RunWith((string Name, string Value)[] variables, string folder, params string[] arguments)
    {
        ProcessStartInfo start = Describe("dotnet", folder, [Program, .. arguments]);
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Begin(start);
        return Finish(process);
    }

    /// <summary>
    /// Starts a run that hears SIGINT. A test runner that was itself started in the background ignores that signal, and its
    /// children inherit this; GNU env gives them the default back. Elsewhere the runner is taken to be in the foreground.
    /// </summary>
    public static Process StartInterruptible(string folder, params string[] arguments) => OperatingSystem.IsLinux()
        ? Begin(Describe("env", folder, ["--default-signal=INT", "dotnet", Program, .. arguments]))
        : Start(folder, arguments);

    /// <summary>Runs where no file may grow beyond a number of blocks of 1024 bytes.</summary>
    public static Answer RunLimited(int fileBlocks, string folder, params string[] arguments)
    {
        string command = $"trap '' XFSZ; ulimit -f {fileBlocks}; exec dotnet \"$@\"";
        ProcessStartInfo start = Describe("/bin/bash", folder, ["-c", command, "bash", Program, .. arguments]);

        // Otherwise the runtime itself needs a large file, for its code.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process process = Begin(start);
        return Finish(process);
    }

    public static Process Start(string folder, params string[] arguments) => Begin(Describe("dotnet", folder, [Program, .. arguments]));

    private static Process Begin(ProcessStartInfo start) => Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");

    private static ProcessStartInfo Describe(string program, string folder, string[] arguments) => new(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
