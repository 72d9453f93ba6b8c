using BenchmarkDotNet.Attributes;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors.Kernels;

namespace Gymkhana.Benchmarks.Tensors;

/// <summary>Matrix products on one thread. Layouts: n as stored, t transposed, left factor first.</summary>
[MemoryDiagnoser]
public unsafe class MatrixProduct
{
    private readonly Workers _workers = new(1);
    private float* _a;
    private float* _b;
    private float* _c;
    private Matrix _left;
    private Matrix _right;
    private int _rows;
    private int _columns;
    private int _depth;

    [Params("512x512x512 nn", "512x512x512 nt", "512x512x512 tn", "64x128x128 nn", "64x128x128 nt", "128x512x4096 nt", "128x4096x512 nn", "512x4096x128 tn", "1x128x128 nn")]
    public string Sizes { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        string[] words = Sizes.Split('x', ' ');
        _rows = int.Parse(words[0]);
        _columns = int.Parse(words[1]);
        _depth = int.Parse(words[2]);
        var random = new KeyedStream(1, 1, StreamPurpose.Scenario);
        _a = RandomFloats.Make((long)_rows * _depth, random);
        _b = RandomFloats.Make((long)_depth * _columns, random);
        _c = RandomFloats.Make((long)_rows * _columns, random);
        _left = words[3][0] == 't' ? new Matrix(_a, 1, _rows) : new Matrix(_a, _depth);
        _right = words[3][1] == 't' ? new Matrix(_b, 1, _depth) : new Matrix(_b, _columns);
    }

    [Benchmark]
    public void Multiply() => Gemm.Multiply(_workers, _rows, _columns, _depth, _left, _right, _c, _columns);

    [GlobalCleanup]
    public void Free()
    {
        RandomFloats.Free(_a);
        RandomFloats.Free(_b);
        RandomFloats.Free(_c);
    }
}
