using BenchmarkDotNet.Attributes;
using Gymkhana.Core.Settings;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Benchmarks;

/// <summary>One generation of NEAT, scored, sorted and bred; structure stands still so that every generation costs the same.</summary>
[MemoryDiagnoser]
public class NeatGeneration
{
    private NeatEvolution _evolution = null!;

    [Params("xor", "multiplexer-11")]
    public string Task { get; set; } = "xor";

    [GlobalSetup]
    public void Setup()
    {
        bool xor = Task == "xor";
        SettingValues values = NeatSettings.Schema.Defaults;
        foreach ((string key, string value) in new[]
        {
            ("population", xor ? "150" : "600"), ("start-hidden", xor ? "2" : "10"), ("activations", "leaky-relu"), ("output-activation", "leaky-relu"),
            ("add-node", "0"), ("add-connection", "0"), ("delete-node", "0"), ("delete-connection", "0"), ("species", "4"),
        })
        {
            values = values.With(key, value);
        }

        _evolution = new NeatEvolution(NeatSettings.From(values), xor ? CaseTask.Xor() : CaseTask.Multiplexer(3), 1, 1);
    }

    [Benchmark]
    public void Generation()
    {
        _evolution.Evaluate([], keepScores: true);
        _evolution.Breed();
    }
}
