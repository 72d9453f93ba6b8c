using System.Collections.Immutable;
using System.Globalization;

namespace Gymkhana.Core.Settings;

/// <summary>The kind of value a setting takes.</summary>
public enum SettingKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A real number.</summary>
    Real,

    /// <summary>true or false.</summary>
    Switch,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A real number, or two as "low..high" for a value drawn anew for each episode.</summary>
    Range,

    /// <summary>A word or a list of words, checked by whoever uses it.</summary>
    Text,
}

/// <summary>A setting of an environment or an algorithm: its name, kind, default, bounds, unit and meaning.</summary>
public sealed record Setting
{
    /// <summary>Name, lower case with hyphens, such as <c>episode-seconds</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Kind of value.</summary>
    public required SettingKind Kind { get; init; }

    /// <summary>Value when nobody says otherwise, as text.</summary>
    public required string Default { get; init; }

    /// <summary>What it means, one line.</summary>
    public required string Description { get; init; }

    /// <summary>Unit, or empty.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>Smallest allowed number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The words of a choice.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>A whole number.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its default.</param>
    /// <param name="minimum">The smallest allowed.</param>
    /// <param name="maximum">The largest allowed.</param>
    /// <param name="description">What it means, one line.</param>
    /// <param name="unit">Its unit, or empty.</param>
    /// <returns>The setting.</returns>
    public static Setting Whole(string key, int value, double minimum, double maximum, string description, string unit = "") => new()
    {
        Key = key,
        Kind = SettingKind.Integer,
        Default = value.ToString(CultureInfo.InvariantCulture),
        Minimum = minimum,
        Maximum = maximum,
        Description = description,
        Unit = unit,
    };

    /// <summary>A real number.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its default.</param>
    /// <param name="minimum">The smallest allowed.</param>
    /// <param name="maximum">The largest allowed.</param>
    /// <param name="description">What it means, one line.</param>
    /// <returns>The setting.</returns>
    public static Setting Real(string key, double value, double minimum, double maximum, string description) => new()
    {
        Key = key,
        Kind = SettingKind.Real,
        Default = value.ToString("R", CultureInfo.InvariantCulture),
        Minimum = minimum,
        Maximum = maximum,
        Description = description,
    };

    /// <summary>Yes or no.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its default.</param>
    /// <param name="description">What it means, one line.</param>
    /// <returns>The setting.</returns>
    public static Setting Switch(string key, bool value, string description) =>
        new() { Key = key, Kind = SettingKind.Switch, Default = value ? "true" : "false", Description = description };

    /// <summary>One of a few words.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its default.</param>
    /// <param name="choices">The words.</param>
    /// <param name="description">What it means, one line.</param>
    /// <returns>The setting.</returns>
    public static Setting Choice(string key, string value, ReadOnlySpan<string> choices, string description) =>
        new() { Key = key, Kind = SettingKind.Choice, Default = value, Choices = [.. choices], Description = description };

    /// <summary>A word or a list of words, checked by whoever uses it.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its default.</param>
    /// <param name="description">What it means, one line.</param>
    /// <returns>The setting.</returns>
    public static Setting Text(string key, string value, string description) =>
        new() { Key = key, Kind = SettingKind.Text, Default = value, Description = description };

    /// <summary>Checks a value and gives it in its canonical spelling.</summary>
    /// <param name="text">The value as a person wrote it.</param>
    /// <returns>The canonical text.</returns>
    /// <exception cref="SettingException">Not a value of this setting; the line says what is expected.</exception>
    public string Parse(string text)
    {
        switch (Kind)
        {
            case SettingKind.Integer:
                return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole) && InBounds(whole)
                    ? whole.ToString(CultureInfo.InvariantCulture)
                    : throw Refuse(text);
            case SettingKind.Real:
                return Number(text) is double real ? real.ToString("R", CultureInfo.InvariantCulture) : throw Refuse(text);
            case SettingKind.Switch:
                return text is "true" or "false" ? text : throw Refuse(text);
            case SettingKind.Choice:
                return Choices.Contains(text) ? text : throw Refuse(text);
            case SettingKind.Text:
                return text.Length > 0 || Default.Length == 0 ? text : throw Refuse(text);
            default:
                string[] ends = text.Split("..");
                double? low = Number(ends[0]);
                double? high = Number(ends[^1]);
                return ends.Length <= 2 && low <= high
                    ? ends.Length == 1 || low == high ? $"{low:R}" : $"{low:R}..{high:R}"
                    : throw Refuse(text);
        }
    }

    /// <summary>What values are allowed, in words.</summary>
    public string Expected
    {
        get
        {
            string bounds = (double.IsFinite(Minimum), double.IsFinite(Maximum)) switch
            {
                (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {Minimum} to {Maximum}"),
                (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at least {Minimum}"),
                (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at most {Maximum}"),
                _ => string.Empty,
            };
            string unit = Unit.Length == 0 ? string.Empty : $" ({Unit})";
            return Kind switch
            {
                SettingKind.Integer => $"a whole number{bounds}{unit}",
                SettingKind.Real => $"a number{bounds}{unit}",
                SettingKind.Switch => "true or false",
                SettingKind.Choice => $"one of {string.Join(", ", Choices)}",
                SettingKind.Text => "a word",
                _ => $"a number{bounds}{unit}, or two as low..high",
            };
        }
    }

    private bool InBounds(double value) => value >= Minimum && value <= Maximum;

    private double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && InBounds(value) ? value : null;

    private SettingException Refuse(string text) => new($"Setting '{Key}' expects {Expected}, got '{text}'. Give it as --set {Key}={Default}, its default, or leave it out.");
}

/// <summary>A setting that cannot be used as given.</summary>
/// <param name="message">One line for a person.</param>
public sealed class SettingException(string message) : GymkhanaException(message);
