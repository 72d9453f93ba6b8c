using System.Collections.Immutable;
using System.Globalization;

namespace Gymkhana.Core.Settings;

/// <summary>Checked values of a schema's settings; those not given have their defaults. Immutable.</summary>
public sealed class SettingValues
{
    private readonly ImmutableSortedDictionary<string, string> _given;

    internal SettingValues(SettingSchema schema, ImmutableSortedDictionary<string, string> given)
    {
        Schema = schema;
        _given = given;
    }

    /// <summary>The schema they belong to.</summary>
    public SettingSchema Schema { get; }

    /// <summary>The values that were given, by key, in canonical spelling: what a run records.</summary>
    public IReadOnlyDictionary<string, string> Given => _given;

    /// <summary>The values that differ from their defaults, by key: however they were given, the same for the same values.</summary>
    public IReadOnlyDictionary<string, string> Changed => _given.RemoveRange(_given.Where(g => Schema.Find(g.Key).Parse(Schema.Find(g.Key).Default) == g.Value).Select(g => g.Key));

    /// <summary>The same values with one changed.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="text">Its value as a person writes it.</param>
    /// <returns>The changed values.</returns>
    /// <exception cref="UnknownNameException">No such setting.</exception>
    /// <exception cref="SettingException">Not a value of that setting.</exception>
    public SettingValues With(string key, string text) => new(Schema, _given.SetItem(key, Schema.Find(key).Parse(text)));

    /// <summary>The same values with several changed.</summary>
    /// <param name="changes">Keys and values.</param>
    /// <returns>The changed values.</returns>
    public SettingValues With(IEnumerable<KeyValuePair<string, string>> changes) =>
        changes.Aggregate(this, (values, change) => values.With(change.Key, change.Value));

    /// <summary>The value as text.</summary>
    /// <param name="key">The setting.</param>
    /// <returns>Its value, or the default.</returns>
    public string Text(string key) => _given.TryGetValue(key, out string? text) ? text : Schema.Find(key).Default;

    /// <summary>The value of a whole-number setting.</summary>
    /// <param name="key">The setting.</param>
    /// <returns>Its value.</returns>
    public int Integer(string key) => int.Parse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>The value of a real setting.</summary>
    /// <param name="key">The setting.</param>
    /// <returns>Its value.</returns>
    public double Real(string key) => double.Parse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The value of a switch.</summary>
    /// <param name="key">The setting.</param>
    /// <returns>Its value.</returns>
    public bool Switch(string key) => Text(key) == "true";

    /// <summary>The ends of a range setting; both are equal for a single number.</summary>
    /// <param name="key">The setting.</param>
    /// <returns>Low and high end.</returns>
    public (double Low, double High) Range(string key)
    {
        string[] ends = Text(key).Split("..");
        return (double.Parse(ends[0], NumberStyles.Float, CultureInfo.InvariantCulture), double.Parse(ends[^1], NumberStyles.Float, CultureInfo.InvariantCulture));
    }
}
