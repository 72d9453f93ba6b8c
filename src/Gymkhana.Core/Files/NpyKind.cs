namespace Gymkhana.Core.Files;

/// <summary>What the elements of a NumPy array are; the letter of the type in the file.</summary>
public enum NpyKind
{
    /// <summary>True or false, one byte each (b).</summary>
    Boolean,

    /// <summary>Signed whole numbers (i).</summary>
    Whole,

    /// <summary>Whole numbers from zero (u).</summary>
    Natural,

    /// <summary>IEEE 754 numbers (f).</summary>
    Real,

    /// <summary>Pairs of IEEE 754 numbers (c).</summary>
    Complex,

    /// <summary>Byte strings of one length, padded with zero bytes (S).</summary>
    ByteString,

    /// <summary>Texts of one length in UTF-32, padded with zeros (U).</summary>
    Text,
}
