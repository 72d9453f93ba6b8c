using System.Collections.Immutable;

namespace Gymkhana.Core.Settings;

/// <summary>The settings that an environment or an algorithm takes, in the order they are shown.</summary>
public sealed class SettingSchema
{
    /// <summary>A schema of these settings.</summary>
    /// <param name="settings">The settings, with distinct keys.</param>
    public SettingSchema(params ReadOnlySpan<Setting> settings)
    {
        Settings = [.. settings];
        Defaults = new SettingValues(this, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));
    }

    /// <summary>The settings.</summary>
    public ImmutableArray<Setting> Settings { get; }

    /// <summary>Every setting at its default.</summary>
    public SettingValues Defaults { get; }

    /// <summary>Whether there is a setting of this name.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>True when there is.</returns>
    public bool Has(string key) => Settings.Any(s => s.Key == key);

    /// <summary>Finds a setting.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>The setting.</returns>
    /// <exception cref="UnknownNameException">No such setting; the message names the nearest one.</exception>
    public Setting Find(string key)
    {
        foreach (Setting setting in Settings)
        {
            if (setting.Key == key)
            {
                return setting;
            }
        }

        throw UnknownNameException.For("setting", key, Settings.Select(s => s.Key), "the settings are " + string.Join(", ", Settings.Select(s => s.Key)));
    }
}
