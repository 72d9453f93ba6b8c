using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gymkhana.BrowserTests;

/// <summary>The lab as a person starts it: a process of the built program, with a folder of runs of its own.</summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(Browser.Patience);

    private readonly string _folder = Directory.CreateTempSubdirectory("gymkhana-lab-").FullName;
    private Process? _process;

    public LabProcess()
    {
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    public string Address => $"http://localhost:{Port}/";

    public string Runs => Path.Combine(_folder, "runs");

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = _folder, RedirectStandardOutput = true };
        foreach (string word in new[] { Path.Combine(AppContext.BaseDirectory, "gymkhana.dll"), "lab", "--port", $"{Port}", "--runs", Runs }) start.ArgumentList.Add(word);
        _process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Patience) && line.Result?.Contains(Address, StringComparison.Ordinal) == true, $"the lab did not say where it is: {line.Result}");
    }

    /// <summary>Runs a command of the program among the runs, to its end.</summary>
    /// <returns>What it has printed.</returns>
    public async Task<string> CommandAsync(params string[] words)
    {
        Directory.CreateDirectory(Runs);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = Runs, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in words.Prepend(Path.Combine(AppContext.BaseDirectory, "gymkhana.dll"))) start.ArgumentList.Add(word);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }

    /// <summary>Trains on a pole for an instant.</summary>
    public Task BalanceAsync(string name, int seed, int generations = 3) => CommandAsync(
        ["train", "neat", "CartPole-v1", "--generations", $"{generations}", "--seed", $"{seed}", "--out", name, "--film", "0", "--set", "population=40,lists=4,validation-lists=8"]);

    /// <summary>Lets walkers evolve until they reach something.</summary>
    public Task WalkAsync(string name) => CommandAsync(
        ["train", "neat", "Walker-v0", "--generations", "20", "--seed", "3", "--out", name, "--film", "0", "--set", "population=80,lists=4,validation-lists=4,refine-after=0,progress-reward=0.05"]);

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "it never came true");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends the server without a chance to say anything; trainings go on.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        foreach (string run in Directory.Exists(Runs) ? Directory.GetDirectories(Runs) : [])
        {
            if (Core.Runs.RunFolder.IsInUse(run)) Core.Runs.RunFolder.RequestStop(run);
        }

        // Files of a training that ends just now cannot be deleted everywhere.
        for (int attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return;
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
