#:property PublishAot=false

// What the lab costs.
//   dotnet run bench/lab/Lab.cs -- watchers [SECONDS]   one training with 50 sockets on it for a minute, and 500 more that the lab turns away
//   dotnet run bench/lab/Lab.cs -- race [SECONDS]       a race of four walkers on 120 000 grains, shown to one client that draws at once
// Watchers are measured in turns of ten seconds, alone and watched, watched and alone, so that what changes slowly counts on both sides: the ratio of
// the speeds with its 95 % interval over pairs of turns, the memory of the server before and after, and what the sockets beyond the limit were told. Of
// the race, the pictures and simulated steps in a second, the server's processor time and the bytes of a picture. Linux only, for it reads /proc.
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

const int Watchers = 50;
const int Crowd = 500;
const double Turn = 10; // s
const double Compiling = 15; // s
if (args.Length is < 1 or > 2 || args[0] is not ("watchers" or "race"))
{
    Console.Error.WriteLine("Expected 'watchers' or 'race', and for how many seconds, got: " + string.Join(' ', args));
    return 2;
}

double seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 60;
string program = Path.Combine(Environment.CurrentDirectory, "gymkhana");
if (!File.Exists(program))
{
    Console.Error.WriteLine($"There is no {program}. Start this in the folder of the repository.");
    return 2;
}

string folder = Directory.CreateTempSubdirectory("gymkhana-watchers-").FullName;
using Process lab = Start(program, folder, "lab", "--port", "0", "--runs", Path.Combine(folder, "runs"));
string? said;
do
{
    said = await lab.StandardOutput.ReadLineAsync();
}
while (said?.Contains("http://", StringComparison.Ordinal) == false);
string origin = said!.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd('/');
int server = lab.Id; // the script has become the program
try
{
    if (args[0] == "race") await RaceAsync();
    else await WatchAsync();
    return 0;
}
finally
{
    foreach (string run in Directory.GetDirectories(Path.Combine(folder, "runs")).Where(run => !Path.GetFileName(run).StartsWith('.'))) File.WriteAllBytes(Path.Combine(run, ".stop"), []);
    lab.Kill();
}

async Task WatchAsync()
{
    string name = await TrainAsync("champion", 1_000_000);
    string metrics = Path.Combine(folder, "runs", name, "metrics.jsonl");
    await Task.Delay(TimeSpan.FromSeconds(Compiling));

    List<double> alone = [], watched = [];
    long before = Memory(server), after = before, first = before, messages = 0;
    double serving = 0, reading = 0;
    int pairs = Math.Max(2, (int)(seconds / Turn));
    for (int pair = 0; pair < pairs; pair++)
    {
        if (pair % 2 == 0) alone.Add(await StepsAsync(metrics, Turn));
        ClientWebSocket[] sockets = [.. await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => OpenAsync($"/live/runs/{name}")))];
        using var enough = new CancellationTokenSource();
        Task<long>[] readers = [.. sockets.Select(socket => ReadAsync(socket, enough.Token))];
        double served = Processor(server), read = Processor(Environment.ProcessId);
        watched.Add(await StepsAsync(metrics, Turn));
        serving += Processor(server) - served;
        reading += Processor(Environment.ProcessId) - read;
        after = Math.Max(after, Memory(server));
        if (pair == 0) first = after;
        if (pair == pairs - 1) await CrowdAsync(name);
        await enough.CancelAsync();
        long[] heard = await Task.WhenAll(readers);
        messages += heard.Sum();
        if (heard.Any(h => h == 0)) Console.WriteLine($"pair {pair + 1}: {heard.Count(h => h == 0)} watchers were not served to the end");
        Array.ForEach(sockets, socket => socket.Dispose());
        if (pair % 2 == 1) alone.Add(await StepsAsync(metrics, Turn));
    }

    double[] ratios = [.. watched.Zip(alone, (w, a) => w / a)];
    double ratio = ratios.Average(), spread = 1.96 * Math.Sqrt(ratios.Sum(r => (r - ratio) * (r - ratio)) / (pairs - 1) / pairs);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training: {alone.Average() / Turn / 1e6:0.00} M agent-steps/s alone, {watched.Average() / Turn / 1e6:0.00} M watched by {Watchers}: ratio {ratio:0.000} [{ratio - spread:0.000}, {ratio + spread:0.000}] over {pairs} pairs of turns; {messages} messages"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time while watched: server {100 * serving / (pairs * Turn):0.0} %, the watchers themselves {100 * reading / (pairs * Turn):0.0} % of one processor"));
    Console.WriteLine($"server: {before >> 20} MB before, {first >> 20} MB when first watched, at most {after >> 20} MB after the sockets have come and gone {pairs} times");
}

async Task RaceAsync()
{
    const int Generations = 60;
    string name = await TrainAsync("demo", Generations);
    while (RunFolderIsBusy(name)) await Task.Delay(500);
    string walkers = string.Join('&', new[] { name, $"{name}@{Generations / 2}", $"{name}@{Generations / 4}", $"{name}@{Generations / 8}" }.Select(w => "walker=run:" + w));
    using ClientWebSocket socket = await OpenAsync($"/live/race?{walkers}&targets=0&seconds=1000");
    byte[] buffer = new byte[1 << 22];
    (double from, double processor, long began, int frames, long bytes, long grains) = (0, 0, 0, 0, 0, 0);
    long start = Stopwatch.GetTimestamp();
    while (true)
    {
        int length = 0;
        ValueWebSocketReceiveResult got;
        do
        {
            got = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += got.Count;
        }
        while (!got.EndOfMessage);
        if (got.MessageType != WebSocketMessageType.Binary) continue;
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"drawn\",\"frame\":{BitConverter.ToUInt32(buffer, 4)}}}"), WebSocketMessageType.Text, true, CancellationToken.None);
        double shown = BitConverter.ToDouble(buffer, 8);
        if (began == 0)
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds < Compiling) continue;
            (from, processor, began) = (shown, Processor(server), Stopwatch.GetTimestamp());
            continue;
        }

        frames++;
        bytes += length;
        grains += BitConverter.ToUInt32(buffer, 24 + (24 * BitConverter.ToUInt16(buffer, 2)));
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (elapsed < seconds) continue;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"race of 4: {60 * (shown - from) / elapsed:0.0} steps/s simulated, {frames / elapsed:0.0} pictures/s sent, {bytes / 1000.0 / frames:0.0} kB and {grains / (double)frames:0} changed grains each"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"server: {100 * (Processor(server) - processor) / elapsed:0.0} % of one processor, {Memory(server) >> 20} MB"));
        return;
    }
}

bool RunFolderIsBusy(string name) => !File.ReadAllText(Path.Combine(folder, "runs", name, "run.json")).Contains("\"state\": \"finished\"", StringComparison.Ordinal);

async Task<string> TrainAsync(string preset, int generations)
{
    using var client = new HttpClient();
    client.DefaultRequestHeaders.Add("Origin", origin);
    string wish = $$"""{"algorithm":"neat","environment":"Walker-v0","preset":"{{preset}}","generations":{{generations}},"minutes":60}""";
    using HttpResponseMessage started = await client.PostAsync($"{origin}/api/runs", new StringContent(wish, System.Text.Encoding.UTF8, "application/json"));
    return JsonDocument.Parse(await started.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString()!;
}

async Task CrowdAsync(string name)
{
    ClientWebSocket[] crowd = [.. await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => OpenAsync($"/live/runs/{name}")))];
    string[] told = await Task.WhenAll(crowd.Select(async socket =>
    {
        ValueWebSocketReceiveResult got = await socket.ReceiveAsync(new byte[1 << 16].AsMemory(), CancellationToken.None);
        return got.MessageType == WebSocketMessageType.Close ? $"closed, {(int)socket.CloseStatus!} {socket.CloseStatusDescription}" : "served";
    }));
    foreach (IGrouping<string, string> group in told.GroupBy(t => t)) Console.WriteLine($"{Crowd} more: {group.Count()} {group.Key}");
    Array.ForEach(crowd, socket => socket.Dispose());
}

async Task<ClientWebSocket> OpenAsync(string path)
{
    var socket = new ClientWebSocket();
    socket.Options.SetRequestHeader("Origin", origin);
    await socket.ConnectAsync(new Uri(origin.Replace("http", "ws", StringComparison.Ordinal) + path), CancellationToken.None);
    return socket;
}

static async Task<long> ReadAsync(ClientWebSocket socket, CancellationToken enough)
{
    long messages = 0;
    byte[] buffer = new byte[1 << 16];
    try
    {
        while (true)
        {
            ValueWebSocketReceiveResult got = await socket.ReceiveAsync(buffer.AsMemory(), enough);
            if (got.MessageType == WebSocketMessageType.Close) return 0;
            messages += got.EndOfMessage ? 1 : 0;
        }
    }
    catch (OperationCanceledException)
    {
        return messages;
    }
}

static async Task<double> StepsAsync(string metrics, double seconds)
{
    (double steps, double wall) = Last(metrics);
    await Task.Delay(TimeSpan.FromSeconds(seconds));
    (double later, double laterWall) = Last(metrics);
    return (later - steps) / (laterWall - wall) * seconds;
}

static (double Steps, double Wall) Last(string metrics)
{
    using var stream = new FileStream(metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    using var reader = new StreamReader(stream);
    string[] lines = reader.ReadToEnd().Split('\n');
    JsonElement line = JsonDocument.Parse(lines[^2]).RootElement; // what follows the last end of line is not whole
    return (line.GetProperty("totalAgentSteps").GetDouble(), line.GetProperty("wallSeconds").GetDouble());
}

static double Processor(int process)
{
    using Process one = Process.GetProcessById(process);
    return one.TotalProcessorTime.TotalSeconds;
}

static long Memory(int process) =>
    long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;

static Process Start(string program, string folder, params string[] words)
{
    var start = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true };
    Array.ForEach(words, start.ArgumentList.Add);
    return Process.Start(start) ?? throw new InvalidOperationException("the lab did not start");
}
