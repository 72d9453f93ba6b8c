#:property PublishAot=false

// The tables of docs/algorithms/mappo.md and communication.md: hunters of two kinds are trained on several seeds, then played as they were trained, without
// messages, and in teams that they were never trained in.
//   dotnet run examples/TagTables.cs -- FOLDER [JOBS] [TABLE...]
// FOLDER keeps the runs; started again, it goes on where it was stopped. JOBS trainings run side by side, one thread each (default 2).
// TABLE: random, flee (five trainings each against that prey), teams (other compositions), kinds (of messages, and other algorithms). Default: all.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

const string Preset = "--preset scouts-and-spotters";
const string World = "simple_tag_v3";
const int Episodes = 1000;
string[] tables = ["random", "flee", "teams", "kinds"];
string[] kinds = ["none", "mean", "gcn", "gat", "gatv2", "tarmac", "transformer"];
string[] others = ["ippo", "reinforce"];
string[] compositions = ["adversaries=A:2,B:2", "adversaries=A:3,B:1", "adversaries=A:1,B:3", "adversaries=A:3,B:3,num_good=2", "adversaries=A:5,B:4,num_good=3,num_obstacles=6"];
string[] ranges = ["comm_range=0", "comm_range=0.5", "comm_range=1", "comm_range=2", "comm_range=unlimited"];

if (args.Length == 0 || (args.Length > 1 && !int.TryParse(args[1], out _)) || args.Skip(2).Except(tables).Any())
{
    Console.Error.WriteLine($"Give a folder, and then, if you like, how many trainings run side by side, and some of {string.Join(", ", tables)}.");
    return 2;
}

string folder = Path.GetFullPath(args[0]);
int jobs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
tables = args.Length > 2 ? args[2..] : tables;
string program = Path.Combine(Environment.CurrentDirectory, OperatingSystem.IsWindows() ? "gymkhana.cmd" : "gymkhana");
if (!File.Exists(program))
{
    Console.Error.WriteLine($"There is no {program}. Start this in the folder of the repository.");
    return 2;
}

Directory.CreateDirectory(folder);
var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
string[] Seeds(string name, int count, string settings, string algorithm = "mappo")
{
    string[] runs = [.. Enumerable.Range(1, count).Select(seed => string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}"))];
    for (int i = 0; i < count; i++)
    {
        wanted[runs[i]] = string.Create(CultureInfo.InvariantCulture, $"train {algorithm} {World} {Preset} --seed {i + 1} --threads 1{settings} --out {PathOf(runs[i])}");
    }

    return runs;
}

var prints = new List<(string Title, string[] Runs, string Words)>();
foreach (string prey in tables.Intersect(["random", "flee"]))
{
    string[] runs = Seeds(prey, 5, $" --set prey={prey}");
    prints.Add(($"against the prey `{prey}`", runs, "--messages kept,cut,shuffled"));
    prints.Add(($"the same, by the range of hearing", runs, Over(ranges)));
}

if (tables.Contains("teams"))
{
    string[] scratch = [.. compositions.Skip(1).SelectMany((c, i) => Seeds($"team{i + 2}", 1, $" --set {c}"))];
    string beside = string.Concat(scratch.Select(run => $" --beside {PathOf(run)}"));
    prints.Add(("other teams", Seeds("random", 5, " --set prey=random"), $"--messages kept,cut {Over(compositions)}{beside}"));
    string mixture = string.Join('/', compositions.Skip(1).Select(c => string.Join('+', c.Split(",num_").Select((piece, i) => i == 0 ? piece : "num_" + piece))));
    prints.Add(("other teams, trained in all of them", Seeds("mixture", 1, $" --set mixture={mixture}"), Over(compositions)));
}

foreach (string kind in tables.Contains("kinds") ? kinds : [])
{
    prints.Add(($"messages `{kind}`", kind == "gatv2" ? Seeds("random", 2, " --set prey=random") : Seeds($"kind-{kind}", 2, $" --set messages={kind}"), "--messages kept"));
}

foreach (string algorithm in tables.Contains("kinds") ? others : [])
{
    prints.Add(($"`{algorithm}`", Seeds(algorithm, 2, string.Empty, algorithm), string.Empty));
}

int failed = 0;
KeyValuePair<string, string>[] bySeed = [.. wanted.OrderBy(run => int.Parse(run.Key.Split('-')[^1], CultureInfo.InvariantCulture))]; // one seed of everything tells more than all seeds of a part
Parallel.ForEach(
    System.Collections.Concurrent.Partitioner.Create(bySeed, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
    new ParallelOptions { MaxDegreeOfParallelism = jobs },
    run =>
    {
        if (!Train(PathOf(run.Key), run.Value)) Interlocked.Increment(ref failed);
    });

foreach ((string title, string[] runs, string words) in prints.Where(p => p.Runs.All(r => IsScored(PathOf(r)))))
{
    Console.WriteLine($"\n{title}; {runs.Length} trainings, {Episodes} episodes each\n");
    Gymkhana($"grid {PathOf(runs[0])} {World}{string.Concat(runs.Skip(1).Select(r => $" --and {PathOf(r)}"))} {words} --between random,lookahead --episodes {Episodes}", "grid.log", print: true);
}

return failed == 0 ? 0 : 1;

string PathOf(string run) => Path.Combine(folder, run);

string Over(string[] rows) => string.Join(' ', rows.Select(row => $"--over {row}"));

bool IsScored(string run) => File.Exists(Path.Combine(run, "run.json")) && Json(Path.Combine(run, "run.json")).GetProperty("results").ValueKind == JsonValueKind.Object;

// A run that was stopped is resumed, one that is finished left as it is.
bool Train(string run, string words) => IsScored(run) || Gymkhana(File.Exists(Path.Combine(run, "run.json")) ? $"resume {run}" : words, Path.GetFileName(run) + ".log", print: false) == 0;

int Gymkhana(string words, string log, bool print)
{
    Console.WriteLine($"gymkhana {words}\n");
    using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true }) ?? throw new InvalidOperationException("gymkhana did not start");
    using StreamWriter writer = new(Path.Combine(folder, log), append: true);
    process.ErrorDataReceived += (_, line) => { lock (writer) writer.WriteLine(line.Data); };
    process.BeginErrorReadLine();
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    lock (writer) writer.WriteLine(output);
    if (print) Console.WriteLine(output);
    if (process.ExitCode != 0) Console.Error.WriteLine($"'gymkhana {words}' ended with exit code {process.ExitCode}; see {Path.Combine(folder, log)}.");
    return process.ExitCode;
}

static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.Clone();
