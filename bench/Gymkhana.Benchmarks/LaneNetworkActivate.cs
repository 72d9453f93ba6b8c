using BenchmarkDotNet.Attributes;
using Gymkhana.Core.Environments;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Benchmarks;

/// <summary>One activation of a network of 72 connections in every lane; width 1 is the scalar baseline.</summary>
[MemoryDiagnoser]
public unsafe class LaneNetworkActivate
{
    private const int Inputs = 9;
    private const int Outputs = 6;
    private LaneNetwork _network = null!;
    private Batch<float> _inputs = null!;
    private Batch<float> _outputs = null!;

    [Params(16, 64, 256)]
    public int Lanes { get; set; }

    [Params(1, 4, 8, 16)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _network = LaneNetwork.Create(Lanes, Width);
        _network.Load(RandomNetworks.Make(Inputs, 12, Outputs, 4));
        _inputs = new Batch<float>(1, Inputs, Lanes);
        _outputs = new Batch<float>(1, Outputs, Lanes);
        _inputs.Values.Fill(0.5f);
    }

    [Benchmark]
    public void Activate() => _network.Activate(_inputs.Pointer, _outputs.Pointer);
}
