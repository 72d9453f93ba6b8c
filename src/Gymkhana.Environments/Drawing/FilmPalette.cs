using System.Collections.Immutable;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>The colours of films and scenes: dark, calm, with bright things to look at.</summary>
public static class FilmPalette
{
    /// <summary>Behind everything.</summary>
    public static Rgba Backdrop { get; } = new(0x0d, 0x10, 0x15);

    /// <summary>Cards on the backdrop.</summary>
    public static Rgba Card { get; } = new(0x16, 0x1b, 0x22);

    /// <summary>Rims of cards.</summary>
    public static Rgba Rim { get; } = new(0x27, 0x2e, 0x38);

    /// <summary>The ground below the sand.</summary>
    public static Rgba Ground { get; } = new(0x1b, 0x20, 0x28);

    /// <summary>Text to be read first.</summary>
    public static Rgba Text { get; } = new(0xe9, 0xec, 0xef);

    /// <summary>Text beside it.</summary>
    public static Rgba Quiet { get; } = new(0x8b, 0x95, 0xa2);

    /// <summary>What is positive.</summary>
    public static Rgba Positive { get; } = new(0x8f, 0xd8, 0x9c);

    /// <summary>What is negative.</summary>
    public static Rgba Negative { get; } = new(0xff, 0x7a, 0x7a);

    /// <summary>The walkers' colours, in the order of the start list.</summary>
    public static ImmutableArray<Rgba> Walkers { get; } =
    [
        new(0x3f, 0xc3, 0x88), new(0x5b, 0xa4, 0xf5), new(0xea, 0x6f, 0x91), new(0xb4, 0x8c, 0xf2),
        new(0x3f, 0xcf, 0xd2), new(0xf2, 0x8f, 0x4a), new(0xe9, 0xd5, 0x5a), new(0xd4, 0xdb, 0xe4),
    ];
}
