namespace Gymkhana.Tensors.Kernels;

/// <summary>What a buffer of <see cref="Scratch"/> is for. Kernels that run inside one another use different ones.</summary>
internal enum ScratchSlot
{
    /// <summary>Columns of the right factor, packed by a product.</summary>
    Panel,

    /// <summary>Rows of the left factor, packed by a product.</summary>
    Left,

    /// <summary>An image, padded or converted.</summary>
    Image,

    /// <summary>The result of one image before it is laid out.</summary>
    Result,

    /// <summary>Weights laid out for a convolution.</summary>
    Weights,

    /// <summary>Offsets of pixels and taps.</summary>
    Offsets,

    /// <summary>Sums that go on from image to image.</summary>
    Sums,

    /// <summary>For layers above the products.</summary>
    First,

    /// <summary>For layers above the products.</summary>
    Second,
}
