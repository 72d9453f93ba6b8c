using Gymkhana.Core;
using Gymkhana.Core.Files;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Files;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tests.Tensors.Files;

public sealed class ModuleFileTests
{
    private static readonly Dictionary<string, string> NoTexts = [];
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "net.safetensors");

    [Fact]
    public void SaveAndLoad_Network_GivesTheSameNumbersAndTexts()
    {
        Mlp net = Net(1, 3, 4, 2), other = Net(2, 3, 4, 2);
        ModuleFile.Save(net, _path, new Dictionary<string, string> { ["environment"] = "CartPole-v1" });
        Assert.Equal("CartPole-v1", ModuleFile.Load(other, _path)["environment"]);
        foreach (NamedParameter parameter in net.Parameters)
        {
            Assert.Equal(parameter.Parameter.Values.ToArray(), other[parameter.Name].Values.ToArray());
        }
    }

    [Fact]
    public void Load_FileOfAnotherNetwork_NamesWhatIsMissingUnexpectedAndOfAnotherShape()
    {
        ModuleFile.Save(Net(1, 3, 5, 2), _path, NoTexts);
        Mlp deeper = Net(2, 3, 4, 4, 2);
        float[] before = deeper["0.weight"].Values.ToArray();
        string message = Assert.Throws<GymkhanaException>(() => ModuleFile.Load(deeper, _path)).Message;
        Assert.Contains("missing: '4.weight', '4.bias'", message, StringComparison.Ordinal);
        Assert.Contains("'0.weight' is [5, 3] instead of [4, 3]", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal(before, deeper["0.weight"].Values.ToArray());

        ModuleFile.Save(Net(1, 3, 4, 4, 2), _path, NoTexts);
        message = Assert.Throws<GymkhanaException>(() => ModuleFile.Load(Net(1, 3, 4, 4), _path)).Message;
        Assert.Contains("unexpected: '4.weight', '4.bias'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CounterOfBatches_IsPassedOver()
    {
        Mlp net = Net(1, 3, 2);
        NamedValues[] arrays = [.. net.Parameters.Select(p => new NamedValues(p.Name, p.Parameter.Shape, p.Parameter.Values.ToArray())), new("1.num_batches_tracked", new Shape([]), new float[] { 5 })];
        ModuleFile.Fill(Net(2, 3, 2), new SafetensorsFile(arrays, NoTexts), "net.safetensors");
        arrays[^1] = arrays[^1] with { Name = "1.other" };
        Assert.Contains("unexpected: '1.other'", Assert.Throws<GymkhanaException>(() => ModuleFile.Fill(net, new SafetensorsFile(arrays, NoTexts), "net.safetensors")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NumbersThatAreNotFinite_NamesThem()
    {
        Mlp net = Net(1, 3, 4, 2);
        net["2.bias"].Values[1] = float.NaN;
        ModuleFile.Save(net, _path, NoTexts);
        Assert.Contains("not finite: '2.bias'", Assert.Throws<GymkhanaException>(() => ModuleFile.Load(Net(2, 3, 4, 2), _path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_FolderThatIsNotThere_SaysSo() =>
        Assert.Contains("does not exist", Assert.Throws<FileWriteException>(() => ModuleFile.Save(Net(1, 1, 1), Path.Combine(_path, "none", "x"), NoTexts)).Message, StringComparison.Ordinal);

    private static Mlp Net(ulong seed, params int[] sizes) => new(sizes, Activation.Relu, new KeyedStream(seed, 0, StreamPurpose.Initialization));
}
