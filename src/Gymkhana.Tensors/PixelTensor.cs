namespace Gymkhana.Tensors;

/// <summary>
/// A batch of images of bytes, [N, C, H, W] row-major, as the input of a first convolution, which reads byte b as
/// (b − <paramref name="Offset"/>) × <paramref name="Scale"/> while it packs: no copy in floats is made.
/// </summary>
/// <param name="Memory">The bytes; not copied, so leave them unchanged until the step ends.</param>
/// <param name="Shape">[N, C, H, W].</param>
/// <param name="Offset">Taken from each byte, such as 0 or 128.</param>
/// <param name="Scale">Factor, such as 1/255 or 1/128.</param>
public readonly partial record struct PixelTensor(ReadOnlyMemory<byte> Memory, Shape Shape, float Offset, float Scale);
