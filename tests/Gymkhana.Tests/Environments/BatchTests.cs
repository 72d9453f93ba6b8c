using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tests.Environments;

public sealed unsafe class BatchTests
{
    [Fact]
    public void FeatureMajor_Numbers_LieByAgentFeatureCopyWithPadding()
    {
        var batch = new Batch<float>(agents: 2, features: 3, count: 17);

        Assert.Equal(BatchLayout.FeatureMajor, batch.Layout);
        Assert.Equal(32, batch.Stride);
        Assert.Equal(2 * 3 * 32, batch.Length);
        Assert.Equal((((1 * 3) + 2) * 32) + 16, batch.IndexOf(1, 2, 16));
        batch[1, 2, 16] = 7;
        Assert.Equal(7, batch.Values[176]);
        Assert.Equal(7, batch.Lane(2, 1)[16]);
        Assert.Equal(17, batch.Lane(2, 1).Length);
        Assert.Equal(7, batch.Pointer[176]);
    }

    [Fact]
    public void CopyMajor_Numbers_LieByCopyAgentFeatureWithoutPadding()
    {
        var batch = new Batch<byte>(agents: 2, features: 3, count: 5, BatchLayout.CopyMajor);

        Assert.Equal(30, batch.Length);
        Assert.Equal(3, batch.Stride);
        Assert.Equal((((4 * 2) + 1) * 3) + 2, batch.IndexOf(1, 2, 4));
        batch[1, 2, 4] = 9;
        Assert.Equal(9, batch.Of(4)[5]);
        Assert.Equal(6, batch.Of(4).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Pointer_AnySize_IsAlignedTo64BytesAndStaysPut(int count)
    {
        var batch = new Batch<double>(1, count, count);
        nint before = (nint)batch.Pointer;
        GC.Collect();

        Assert.Equal(0, before % 64);
        Assert.Equal(before, (nint)batch.Pointer);
        fixed (double* first = batch.Values)
        {
            Assert.Equal(before, (nint)first);
        }
    }

    [Fact]
    public void ReadWrite_EveryType_ConvertsToAndFromDouble()
    {
        Batch[] batches = [new Batch<float>(1, 1, 2), new Batch<double>(1, 1, 2), new Batch<int>(1, 1, 2), new Batch<byte>(1, 1, 2), new Batch<bool>(1, 1, 2)];
        foreach (Batch batch in batches)
        {
            batch.Write(0, 0, 1, 1);
            Assert.Equal(1, batch.Read(0, 0, 1));
            Assert.Equal(0, batch.Read(0, 0, 0));
        }

        batches[0].Write(0, 0, 0, 0.1);
        Assert.Equal(0.1f, batches[0].Read(0, 0, 0));
        Assert.Equal(typeof(bool), batches[4].ElementClrType);
    }

    [Fact]
    public void For_Space_ChoosesTypeAndLayout()
    {
        Assert.IsType<Batch<float>>(Batch.For(new BoxSpace(0, 1, 3), 2, 4));
        Assert.IsType<Batch<int>>(Batch.For(new DiscreteSpace(3), 2, 4));
        Batch pixels = Batch.For(new BoxSpace([0], [255], elementType: ElementType.UInt8), 1, 4);
        Assert.IsType<Batch<byte>>(pixels);
        Assert.Equal(BatchLayout.CopyMajor, pixels.Layout);
    }

    [Fact]
    public void WrongView_IsRefused()
    {
        var features = new Batch<float>(1, 2, 3);
        var pixels = new Batch<byte>(1, 2, 3, BatchLayout.CopyMajor);

        Assert.Throws<InvalidOperationException>(() => features.As<int>());
        Assert.Same(features, features.As<float>());
        Assert.Throws<InvalidOperationException>(() => features.Of(0));
        Assert.Throws<InvalidOperationException>(() => pixels.Lane(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batch<float>(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batch<float>(1, 1, 0));
        Assert.Equal(0, new Batch<float>(1, 0, 1).Length);
    }
}
