using System.Collections.Immutable;
using System.Globalization;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker.Film;
using Microsoft.AspNetCore.Http;

namespace Gymkhana.Lab.Worlds;

/// <summary>A race as a client asks for it; what it leaves out is as on the command line.</summary>
/// <param name="Walkers">Who races.</param>
/// <param name="Colours">Colours, none or one for each; an empty one is that of the palette.</param>
/// <param name="Targets">Targets to reach.</param>
/// <param name="Seed">Seed of the targets.</param>
/// <param name="Seconds">Longest duration, s.</param>
internal sealed record RaceWish(IReadOnlyList<string> Walkers, IReadOnlyList<string> Colours, ulong? Targets, ulong? Seed, double? Seconds)
{
    private const int DefaultTargets = 20;
    private const double DefaultSeconds = 300;
    private const double Longest = 1800; // s; all of it is remembered

    /// <summary>The race that a query asks for.</summary>
    /// <exception cref="RefusedException">A number is none.</exception>
    public static RaceWish Of(IQueryCollection query) => new(
        [.. query["walker"].OfType<string>()], [.. query["colour"].Select(c => c ?? string.Empty)], Whole(query, "targets"), Whole(query, "seed"), Real(query, "seconds"));

    /// <summary>A whole number of a query, or null where it has none.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static ulong? Whole(IQueryCollection query, string key)
    {
        if (query[key].ToString() is not { Length: > 0 } text) return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : throw new RefusedException(400, $"'{key}' is a whole number from 0, got '{text}'.");
    }

    /// <summary>The rules.</summary>
    /// <exception cref="RefusedException">There can be no such race.</exception>
    public RaceRules Rules()
    {
        if (Walkers.Count is < 1 or > WalkerRace.MostWalkers) throw new RefusedException(400, $"A race expects 1 to {WalkerRace.MostWalkers} walkers, got {Walkers.Count}.");
        if (Colours.Count > 0 && Colours.Count != Walkers.Count) throw new RefusedException(400, $"A race of {Walkers.Count} walkers expects no colours or {Walkers.Count}, got {Colours.Count}.");
        if (Targets > int.MaxValue) throw new RefusedException(400, "A race expects at most 10000 targets.");
        if (Seconds > Longest) throw new RefusedException(400, $"The lab shows races of at most {Longest:0} s; 'gymkhana race' runs longer ones.");
        ImmutableArray<Rgba> colours = [.. Colours.Select((c, walker) => c.Length == 0 ? FilmPalette.Walkers[walker] : Colour(c))];
        var rules = new RaceRules { Targets = (int)(Targets ?? DefaultTargets), Seed = Seed ?? 1, LimitSeconds = Seconds ?? DefaultSeconds, Colours = colours };
        try
        {
            rules.Validate();
        }
        catch (ArgumentException wrong)
        {
            throw new RefusedException(400, wrong.Message);
        }

        return rules;
    }

    private static Rgba Colour(string text) => Rgba.TryParse(text, out Rgba colour) && colour.A == 255 ? colour : throw new RefusedException(400, $"A colour is #rrggbb, got '{text}'.");

    private static double? Real(IQueryCollection query, string key)
    {
        if (query[key].ToString() is not { Length: > 0 } text) return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw new RefusedException(400, $"'{key}' is a number, got '{text}'.");
    }
}
