using BenchmarkDotNet.Attributes;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Benchmarks;

/// <summary>One step of a batch of walkers, without a network; width 1 is the scalar baseline.</summary>
[MemoryDiagnoser]
public class WalkerStep
{
    private WalkerEnvironment _environment = null!;

    [Params(16, 64, 256)]
    public int Lanes { get; set; }

    [Params(1, 4, 8, 16)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _environment = new WalkerEnvironment(WalkerOptions.From(WalkerEnvironment.Registration.Schema.Defaults), Lanes, Width);
        _environment.Reset([.. Enumerable.Range(0, Lanes).Select(i => (ulong)i)]);
        _environment.Groups[0].Actions.As<float>().Values.Fill(0.3f);
    }

    [Benchmark]
    public void Step() => _environment.Step();
}
