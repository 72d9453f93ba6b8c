using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gymkhana.Cli.Exports;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Networks;
using Gymkhana.Learning.MultiAgent.Messages;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Export;
using Gymkhana.Tests.Architecture;
using Gymkhana.Tests.Cli;
using Gymkhana.Tests.Evolution.Neat;
using Gymkhana.Tests.Files;
using Gymkhana.Tests.Learning.MultiAgent;

namespace Gymkhana.Tests.Tensors.Onnx.Export;

/// <summary>
/// Exports give in ONNX Runtime what the tape gives. It is a package of Node.js that .ci/run installs ("npm ci" in tests/onnxruntime);
/// where it is not installed this test only says so.
/// </summary>
public sealed class OnnxRuntimeTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Run_ExportedFamilies_AgreeWithOnnxRuntime()
    {
        string runner = Path.Combine(Repository.Root, "tests", "onnxruntime");
        if (!Directory.Exists(Path.Combine(runner, "node_modules")))
        {
            TestContext.Current.TestOutputHelper!.WriteLine("ONNX Runtime is not installed here: .ci/run does it, or 'npm ci --ignore-scripts' in tests/onnxruntime.");
            return;
        }

        using TemporaryFolder folder = new();
        Dictionary<string, List<ExportedRun>> expected = [];
        foreach ((string family, int opset) in ExportedNetworks.Names.SelectMany(n => (int[])[13, 17], (n, o) => (n, o)))
        {
            ExportedNetwork network = ExportedNetworks.Make(family);
            string name = $"{family.Replace(' ', '_')}.{opset}";
            OnnxExport.Trace(family, opset, network.Inputs, network.Network, network.Parameters).Write(folder[name + ".onnx"], "1.0.0");
            expected[name] = [ExportedRun.Of(network, 1, 5), ExportedRun.Of(network, 3, 6)];
            File.WriteAllText(folder[name + ".json"], JsonSerializer.Serialize(expected[name].Select((run, i) => Write(folder, name, i, run)), Json));
        }

        // An evolved network that remembers, and agents that talk, beside what they give here.
        foreach ((string name, byte[] model) in TeamExportTests.Models(MessageKind.GatV2, 1).Select((m, i) => ($"gatv2-{i}", m))
            .Concat(TeamExportTests.Models(MessageKind.Transformer, 3).Select((m, i) => ($"talking-transformer-{i}", m)))
            .Append(("genome", Evolved())))
        {
            File.WriteAllBytes(folder[name + ".onnx"], model);
            expected[name] = [Played(model)];
            File.WriteAllText(folder[name + ".json"], JsonSerializer.Serialize(expected[name].Select((run, i) => Write(folder, name, i, run)), Json));
        }

        Run(runner, folder.Path);
        foreach ((string name, List<ExportedRun> runs) in expected)
        {
            FileTensor[][] results = JsonSerializer.Deserialize<FileTensor[][]>(File.ReadAllText(folder[name + ".out.json"]), Json)!;
            for (int i = 0; i < runs.Count; i++)
            {
                Assert.Equal(runs[i].Outputs.Count, results[i].Length);
                foreach (FileTensor result in results[i])
                {
                    Compare(name, result, runs[i].Outputs[result.Name], File.ReadAllBytes(folder[result.File]));
                }
            }
        }
    }

    private static byte[] Evolved()
    {
        GenomeSamples samples = new(5, 4, 2, "recurrent=0.5");
        NetworkGraph graph = Enumerable.Range(0, 50).Select(n => new GenomeCompiler(4, 2).Compile(samples.Grown((ulong)n, 40))).First(g => g.IsRecurrent);
        AgentGroup group = CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 1).Groups[0];
        return GenomeExport.Build(graph, group, 17, withAction: true).ToBytes("1.0.0");
    }

    private static ExportedRun Played(byte[] model)
    {
        OnnxSession session = new(OnnxModel.Load(model, OnnxLimits.Default, "model.onnx"));
        KeyedStream random = new(3, 0, StreamPurpose.Exploration);
        Dictionary<string, OnnxTensor> inputs = session.Model.Inputs.ToDictionary(
            i => i.Name,
            i =>
            {
                int[] shape = [3, .. i.Shape!.Value.Skip(1).Select(d => d.Size)];
                return OnnxTensor.Create<float>([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)random.NextNormal())], shape);
            });
        return new ExportedRun(inputs, session.Run(inputs));
    }

    // 1e-5 beside numbers of size one, which is what rounding in another order of sums leaves.
    private static void Compare(string model, FileTensor result, OnnxTensor expected, byte[] bytes)
    {
        Assert.Equal(expected.Shape.AsEnumerable(), result.Shape);
        Assert.Equal(expected.Type.Name(), result.Type);
        if (expected.Type == OnnxElementType.Int64)
        {
            Assert.True(expected.Bytes.SequenceEqual(bytes), $"{model} gives another {result.Name}");
            return;
        }

        ReadOnlySpan<float> wanted = expected.AsSpan<float>(), got = MemoryMarshal.Cast<byte, float>(bytes);
        float largest = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            float difference = Math.Abs(wanted[i] - got[i]);
            largest = Math.Max(largest, difference);
            Assert.True(difference <= 1e-5f * Math.Max(1, Math.Abs(wanted[i])), $"{model} {result.Name}[{i}]: {wanted[i]} here, {got[i]} in ONNX Runtime");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{model} {result.Name}: at most {largest:g3} apart");
    }

    private static List<FileTensor> Write(TemporaryFolder folder, string model, int number, ExportedRun run)
    {
        List<FileTensor> tensors = [];
        foreach ((string name, OnnxTensor tensor) in run.Inputs)
        {
            string file = $"{model}.{number}.{name}.in";
            File.WriteAllBytes(folder[file], tensor.Bytes);
            tensors.Add(new FileTensor(name, tensor.Type.Name(), [.. tensor.Shape], file));
        }

        return tensors;
    }

    private static void Run(string runner, string folder)
    {
        ProcessStartInfo start = new("node") { WorkingDirectory = runner, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("run.mjs");
        start.ArgumentList.Add(folder);
        using Process process = Process.Start(start)!;
        Answer answer = GymkhanaProcess.Finish(process);
        Assert.True(answer.ExitCode == 0, $"{answer.Output}{answer.Errors}");
    }

    private sealed record FileTensor(string Name, string Type, int[] Shape, string File);
}
