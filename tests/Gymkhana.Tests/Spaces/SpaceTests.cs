using Gymkhana.Core.Spaces;

namespace Gymkhana.Tests.Spaces;

public sealed class SpaceTests
{
    [Fact]
    public void BoxSpace_ShapeAndType_AreKept()
    {
        var pixels = new BoxSpace([.. new float[12]], [.. Enumerable.Repeat(255f, 12)], [2, 2, 3], ElementType.UInt8);

        Assert.Equal([2, 2, 3], pixels.Shape);
        Assert.Equal(12, pixels.Size);
        Assert.Equal(ElementType.UInt8, pixels.ElementType);
        Assert.Equal("Box(2×2×3, uint8, [0, 255])", pixels.ToString());
        Assert.Equal([4], new BoxSpace(-1, 1, 4).Shape);
    }

    [Theory]
    [InlineData(0, -1, true)]
    [InlineData(0, -1.01, false)]
    [InlineData(1, 1e30, true)]
    [InlineData(1, double.NaN, false)]
    [InlineData(0, double.NaN, false)]
    public void BoxSpace_Allows_WhatLiesWithinTheBounds(int index, double value, bool allowed) =>
        Assert.Equal(allowed, new BoxSpace([-1, float.NegativeInfinity], [1, float.PositiveInfinity]).Allows(index, value));

    [Fact]
    public void BoxSpace_BadBounds_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new BoxSpace([0, 0], [1]));
        Assert.Throws<ArgumentException>(() => new BoxSpace([0], [1], [2]));
        Assert.Throws<ArgumentException>(() => new BoxSpace([2], [1]));
        Assert.Throws<ArgumentException>(() => new BoxSpace([float.NaN], [1]));
    }

    [Fact]
    public void BoxSpace_SameContents_AreEqualAndHashAlike()
    {
        var first = new BoxSpace([0, 1], [2, 3]);
        var second = new BoxSpace([0, 1], [2, 3]);

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, new BoxSpace([0, 1], [2, 4]));
        Assert.NotEqual<Space>(first, new DiscreteSpace(2));
    }

    [Fact]
    public void Fits_OtherBounds_ButSameShapeAndType_Fits()
    {
        var box = new BoxSpace(-1, 1, 3);

        Assert.True(box.Fits(new BoxSpace(-2, 5, 3)));
        Assert.False(box.Fits(new BoxSpace(-1, 1, 4)));
        Assert.False(box.Fits(new BoxSpace([-1, -1, -1], [1, 1, 1], elementType: ElementType.Int32)));
        Assert.False(box.Fits(new DiscreteSpace(3)));
        Assert.False(new DiscreteSpace(3).Fits(new DiscreteSpace(2)));
        Assert.True(new MultiDiscreteSpace([2, 3]).Fits(new MultiDiscreteSpace([2, 3])));
        Assert.False(new MultiDiscreteSpace([2, 3]).Fits(new MultiDiscreteSpace([3, 2])));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(-1, false)]
    [InlineData(1.5, false)]
    [InlineData(double.NaN, false)]
    public void DiscreteSpace_Allows_WholeNumbersBelowItsCount(double value, bool allowed)
    {
        Assert.Equal(allowed, new DiscreteSpace(3).Allows(0, value));
        Assert.Equal(allowed, new MultiDiscreteSpace([9, 3]).Allows(1, value));
    }

    [Fact]
    public void DiscreteSpaces_Sizes_AreOneNumberForEachChoice()
    {
        Assert.Equal(1, new DiscreteSpace(7).Size);
        Assert.Empty(new DiscreteSpace(7).Shape);
        Assert.Equal(2, new MultiDiscreteSpace([4, 5]).Size);
        Assert.Equal(ElementType.Int32, new DiscreteSpace(7).ElementType);
        Assert.Equal(new MultiDiscreteSpace([4, 5]), new MultiDiscreteSpace([4, 5]));
        Assert.Equal("MultiDiscrete(4, 5)", new MultiDiscreteSpace([4, 5]).ToString());
        Assert.Equal("Discrete(7)", new DiscreteSpace(7).ToString());
    }
}
