using Gymkhana.Core.Files;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Wire;
using Gymkhana.Tests.Files;
using static Gymkhana.Tests.Tensors.Onnx.HostileFile;

namespace Gymkhana.Tests.Tensors.Onnx;

/// <summary>Files made to do harm, or just wrong: each is refused with one line, soon and without much memory.</summary>
public sealed class HostileModelTests
{
    private const int NodeField = 1;
    private const int WeightField = 5;

    // What refusing a file may take: its own bytes a few times, and what the buffers of the largest allowed model would.
    private const long MostMemory = 300_000_000;

    private static readonly Dictionary<string, (Func<byte[]> Bytes, string Expected)> Cases = new(StringComparer.Ordinal)
    {
        ["nothing"] = (() => [], "the file is empty"),
        ["no message"] = (() => [.. Enumerable.Repeat((byte)0xFF, 100)], "the file is damaged or no ONNX model"),
        ["text"] = (() => [.. "import torch"u8], "damaged or no ONNX model"),
        ["too large"] = (() => new byte[20_000_001], "more than 20000000 bytes"),
        ["no graph"] = (() => new ProtoWriter().Whole(1, 8).Written.ToArray(), "holds no graph"),
        ["no operator set"] = (() => new ProtoWriter().Whole(1, 8).Message(7, Graph((NodeField, Node("Relu", ["x"], ["y"])))).Written.ToArray(), "does not say which operator set"),
        ["operator set 0"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"]))), 0), "operator set 0, expected 9 to 18"),
        ["operator set 99"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"]))), 99), "operator set 99, expected 9 to 18"),
        ["no outputs"] = (() => Model(new ProtoWriter().Message(NodeField, Node("Relu", ["x"], ["y"])).Message(11, Value("x", 1, 4))), "no outputs"),
        ["external data by location"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, new ProtoWriter().Whole(1, 4).Whole(2, 1).Text(8, "w").Whole(14, 1)))), "external data"),
        ["external data by entry"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, new ProtoWriter().Whole(1, 4).Whole(2, 1).Text(8, "w").Message(13, new ProtoWriter().Text(1, "location").Text(2, "/etc/passwd"))))), "external data"),
        ["sparse initialiser"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"])), (15, new ProtoWriter()))), "sparse initialisers"),
        ["sparse attribute"] = (() => Model(Graph((NodeField, Node("Constant", [], ["y"], new ProtoWriter().Text(1, "sparse_value").Message(22, new ProtoWriter()))))), "sparse tensor"),
        ["custom domain"] = (() => Model(Graph((NodeField, Node("FusedConv", ["x"], ["y"]).Text(7, "com.example")))), "operator FusedConv belongs to the custom domain 'com.example'"),
        ["custom domain alone"] = (() => new ProtoWriter().Whole(1, 8).Message(7, Graph((NodeField, Node("Magic", ["x"], ["y"]).Text(7, "magic")))).Message(8, new ProtoWriter().Text(1, "magic").Whole(2, 1)).Written.ToArray(), "operator Magic belongs to the custom domain"),
        ["If"] = (() => Model(Graph((NodeField, Node("If", ["x"], ["y"], new ProtoWriter().Text(1, "then_branch").Message(6, Graph()))))), "operator If is control flow"),
        ["Loop"] = (() => Model(Graph((NodeField, Node("Loop", ["x"], ["y"])))), "operator Loop is control flow"),
        ["Scan"] = (() => Model(Graph((NodeField, Node("Scan", ["x"], ["y"])))), "operator Scan is control flow"),
        ["a graph in any attribute"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"], new ProtoWriter().Text(1, "body").Message(6, Graph()))))), "a graph within"),
        ["local functions"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"]))), 13, (25, new ProtoWriter().Text(1, "f"))), "local functions"),
        ["unknown operator"] = (() => Model(Graph((NodeField, Node("Teleport", ["x"], ["y"])))), "operator 'Teleport' of operator set 13 is not supported"),
        ["operator newer than the set"] = (() => Model(Graph((NodeField, Node("LayerNormalization", ["x", "x"], ["y"])))), "operator LayerNormalization of operator set 13 is not supported"),
        ["too many nodes"] = (() => Model(Graph([.. Enumerable.Range(0, 2001).Select(i => (NodeField, Node("Relu", [i == 0 ? "x" : $"n{i}"], [$"n{i + 1}"])))])), "more than 2000 nodes"),
        ["too many weights in all"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"])), (WeightField, Tensor("a", 2, [2_500_001], new byte[2_500_001])), (WeightField, Tensor("b", 2, [2_500_000], new byte[2_500_000])))), "more than 5000000 weights"),
        ["shape that overflows"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 1, [1L << 31, 1L << 31, 1L << 31], [])))), "axis of size 2147483648"),
        ["shape whose product overflows"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 1, [65536, 65536, 65536, 65536], [])))), "more than 5000000 elements"),
        ["shape whose overflow hides behind 0"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 1, [2147483647, 2147483647, 0], [])))), "more than 5000000 elements"),
        ["negative shape"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 1, [-4], [])))), "axis of size -4"),
        ["too many axes"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 1, [1, 1, 1, 1, 1, 1, 1, 1, 1], new byte[4])))), "more than 8 values"),
        ["too few bytes for its shape"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 1, [4], new byte[15])))), "has 15 bytes of values, expected 16"),
        ["cycle"] = (() => Model(Graph((NodeField, Node("Add", ["x", "b"], ["a"])), (NodeField, Node("Relu", ["a"], ["b"])), (NodeField, Node("Relu", ["b"], ["y"])))), "the graph has a cycle"),
        ["node that reads itself"] = (() => Model(Graph((NodeField, Node("Add", ["x", "y"], ["y"])))), "the graph has a cycle"),
        ["missing input"] = (() => Model(Graph((NodeField, Node("Add", ["x", "nowhere"], ["y"])))), "its input 'nowhere' is made by no node"),
        ["missing output"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["z"])))), "no node makes the output 'y'"),
        ["two makers"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"])), (NodeField, Node("Relu", ["x"], ["y"])))), "'y' exists already"),
        ["NaN weight"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Floats("w", [4], 1, float.NaN, 2, 3)))), "holds NaN, expected finite weights"),
        ["infinite weight"] = (() => Model(Graph((NodeField, Node("Mul", ["x", "w"], ["y"])), (WeightField, Floats("w", [4], 1, float.PositiveInfinity, 2, 3)))), "holds infinity, expected finite weights"),
        ["infinite bias"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Floats("w", [4], 1, float.NegativeInfinity, 2, 3)))), "holds infinity, expected finite weights"),
        ["NaN constant"] = (() => Model(Graph((NodeField, Node("Constant", [], ["w"], new ProtoWriter().Text(1, "value").Message(5, Floats("", [4], 1, float.NaN, 2, 3)).Whole(20, 4))), (NodeField, Node("Add", ["x", "w"], ["y"])))), "holds NaN"),
        ["weights of a type that is not supported"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 10, [4], new byte[8])))), "elements of type float16"),
        ["weights of a type that does not exist"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Tensor("w", 77, [4], new byte[8])))), "elements of type type number 77"),
        ["types that do not go together"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, LongTensor("w", 1, 2, 3, 4)))), "types float32 and int64"),
        ["output of another type"] = (() => Model(Graph((NodeField, Node("Cast", ["x"], ["y"], Whole("to", 7))))), "declared as float32, but the graph makes int64"),
        ["attribute of another kind"] = (() => Model(Graph((NodeField, Node("Softmax", ["x"], ["y"], Wholes("axis", 1))))), "attribute axis is of kind Wholes, expected Whole"),
        ["shapes that do not go together"] = (() => Model(Graph((NodeField, Node("Add", ["x", "w"], ["y"])), (WeightField, Floats("w", [3], 1, 2, 3)))), "shapes that broadcast, got [1, 4] and [3]"),
        ["a huge constant of shape"] = (() => Model(Graph((NodeField, Node("ConstantOfShape", ["s"], ["c"])), (NodeField, Node("Add", ["x", "c"], ["y"])), (WeightField, LongTensor("s", 100_000, 100_000)))), "more than the limit"),
        ["a huge expansion"] = (() => Model(Graph((NodeField, Node("Expand", ["x", "s"], ["y"])), (WeightField, LongTensor("s", 1L << 40, 1, 4)))), "axis of size 1099511627776"),
        ["a huge tile"] = (() => Model(Graph((NodeField, Node("Tile", ["x", "s"], ["y"])), (WeightField, LongTensor("s", 2147483647, 2147483647)))), "more than the limit"),
        ["a huge pad"] = (() => Model(Graph((NodeField, Node("Pad", ["x", "s"], ["y"])), (WeightField, LongTensor("s", long.MinValue, 0, 0, long.MaxValue)))), "expected to be at most 1000000"),
        ["a long range"] = (() => Model(Graph((NodeField, Node("Range", ["a", "b", "c"], ["r"])), (NodeField, Node("Cast", ["r"], ["y"], Whole("to", 1))), (WeightField, Tensor("a", 7, [], new byte[8])), (WeightField, Tensor("b", 7, [], [255, 255, 255, 255, 255, 255, 255, 127])), (WeightField, Tensor("c", 7, [], [1, 0, 0, 0, 0, 0, 0, 0])))), "a range of"),
        ["a step of 0"] = (() => Model(Graph((NodeField, Node("Range", ["a", "a", "a"], ["r"])), (NodeField, Node("Cast", ["r"], ["y"], Whole("to", 1))), (WeightField, Tensor("a", 7, [], new byte[8])))), "a range of"),
        ["work without end"] = (() => Model(Graph([(NodeField, Node("Expand", ["x", "s"], ["n0"])), .. Enumerable.Range(0, 1900).Select(i => (NodeField, Node("Erf", [$"n{i}"], [$"n{i + 1}"]))), (NodeField, Node("ReduceSum", ["n1900"], ["y"])), (WeightField, LongTensor("s", 3_000_000, 4))])), "operations a sample, which is the limit"),
        ["constants that take long to fold"] = (() => Model(Graph([(NodeField, Node("ConstantOfShape", ["s"], ["n0"])), .. Enumerable.Range(0, 1900).Select(i => (NodeField, Node("Exp", [$"n{i}"], [$"n{i + 1}"]))), (NodeField, Node("Add", ["x", "n1900"], ["y"])), (WeightField, LongTensor("s", 1_000_000, 4))])), "computing the model's constants takes more"),
        ["buffers without end"] = (() => Model(Graph([(NodeField, Node("Expand", ["x", "s"], ["n0"])), .. Enumerable.Range(0, 10).Select(i => (NodeField, Node("Relu", ["n0"], [$"m{i}"]))), (NodeField, Node("Sum", [.. Enumerable.Range(0, 10).Select(i => $"m{i}")], ["y"])), (WeightField, LongTensor("s", 1_000_000, 4))])), "its buffers take"),
        ["a kernel larger than its input"] = (() => Model(Graph((NodeField, Node("Reshape", ["x", "s"], ["i"])), (NodeField, Node("MaxPool", ["i"], ["y"], Wholes("kernel_shape", 1000, 1000))), (WeightField, LongTensor("s", 1, 1, 2, 2)))), "for a window of 1000"),
        ["a stride of 0"] = (() => Model(Graph((NodeField, Node("Reshape", ["x", "s"], ["i"])), (NodeField, Node("MaxPool", ["i"], ["y"], Wholes("kernel_shape", 1, 1), Wholes("strides", 0, 0))), (WeightField, LongTensor("s", 1, 1, 2, 2)))), "attribute strides is [0, 0]"),
        ["groups of 0"] = (() => Model(Graph((NodeField, Node("Reshape", ["x", "s"], ["i"])), (NodeField, Node("Conv", ["i", "w"], ["y"], Whole("group", 0))), (WeightField, LongTensor("s", 1, 1, 2, 2)), (WeightField, Floats("w", [1, 1, 1, 1], 1)))), "attribute group is 0"),
        ["a name of a megabyte"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], [new string('y', 1_000_000)])))), "a name or text has 1000000 bytes"),
        ["a tensor in segments"] = (() => Model(Graph((NodeField, Node("Relu", ["x"], ["y"])), (WeightField, new ProtoWriter().Whole(1, 4).Whole(2, 1).Message(3, new ProtoWriter())))), "split into segments"),
    };

    public static TheoryData<string> CaseNames() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Load_HostileFile_IsRefusedWithOneLine(string name)
    {
        (Func<byte[]> make, string expected) = Cases[name];
        byte[] bytes = make();
        long before = GC.GetAllocatedBytesForCurrentThread();
        OnnxRefusedException refusal = Assert.Throws<OnnxRefusedException>(() => new OnnxSession(OnnxModel.Load(bytes, OnnxLimits.Default, "stranger.onnx")));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostMemory);
        Assert.StartsWith("stranger.onnx: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void Load_MissingFile_IsOneLine()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("there is no such file", Assert.Throws<FileReadException>(() => OnnxModel.Load(folder["none.onnx"], OnnxLimits.Default)).Message, StringComparison.Ordinal);
        Assert.Contains("it is a folder", Assert.Throws<FileReadException>(() => OnnxModel.Load(folder.Path, OnnxLimits.Default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LargeFile_IsRefusedBeforeItIsRead()
    {
        using TemporaryFolder folder = new();
        using (FileStream stream = File.Create(folder["large.onnx"]))
        {
            stream.SetLength(3_000_000_000);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more than 20000000 bytes", Assert.Throws<OnnxRefusedException>(() => OnnxModel.Load(folder["large.onnx"], OnnxLimits.Default)).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Fact]
    public void Run_MaskOfMinusInfinity_IsNoWeightAndPasses()
    {
        byte[] bytes = Model(Graph((NodeField, Node("Add", ["x", "mask"], ["a"])), (NodeField, Node("Softmax", ["a"], ["y"], Whole("axis", 1))), (WeightField, Floats("mask", [4], 0, float.NegativeInfinity, 0, float.NegativeInfinity))));
        OnnxSession session = new(OnnxModel.Load(bytes, OnnxLimits.Default, "masked.onnx"));
        OnnxPlan plan = session.Plan(1);
        plan.Run();
        Assert.Equal([0.5f, 0f, 0.5f, 0f], plan.Output<float>("y").ToArray());
    }

    [Fact]
    public void Run_IndexOutOfRange_IsOneLine()
    {
        byte[] bytes = Model(new ProtoWriter().Message(11, Value("i", 7, -1)).Message(12, Value("y", 1, -1)).Message(NodeField, Node("Gather", ["w", "i"], ["y"])).Message(WeightField, Floats("w", [2], 5, 6)));
        OnnxPlan plan = new OnnxSession(OnnxModel.Load(bytes, OnnxLimits.Default, "table.onnx")).Plan(2);
        plan.Input<long>("i")[0] = -2;
        plan.Input<long>("i")[1] = 1;
        plan.Run();
        Assert.Equal([5f, 6f], plan.Output<float>("y").ToArray());
        plan.Input<long>("i")[1] = 2;
        Assert.Contains("an index is 2, expected -2 to 1", Assert.Throws<OnnxInputException>(plan.Run).Message, StringComparison.Ordinal);
    }
}
