using System.Collections.Immutable;
using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Environments;

/// <summary>How an environment is found and made.</summary>
/// <param name="Id">Id with its version.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Schema">The settings it takes.</param>
/// <param name="Create">Makes a batch of that many copies.</param>
public sealed record EnvironmentRegistration(string Id, string Summary, SettingSchema Schema, Func<SettingValues, int, IEnvironment> Create);

/// <summary>The environments that a program knows. Built at its start and passed down; there is no global one.</summary>
public sealed class EnvironmentRegistry
{
    private readonly ImmutableSortedDictionary<string, EnvironmentRegistration> _registrations;

    /// <summary>A registry of these environments.</summary>
    /// <param name="registrations">The environments, with distinct ids.</param>
    public EnvironmentRegistry(IEnumerable<EnvironmentRegistration> registrations) =>
        _registrations = registrations.ToImmutableSortedDictionary(r => r.Id, r => r, StringComparer.Ordinal);

    /// <summary>All environments, by id.</summary>
    public IEnumerable<EnvironmentRegistration> Registrations => _registrations.Values;

    /// <summary>Finds an environment.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>How to make it.</returns>
    /// <exception cref="UnknownNameException">No such id; the message names the nearest one.</exception>
    public EnvironmentRegistration Find(string id) =>
        _registrations.TryGetValue(id, out EnvironmentRegistration? found)
            ? found
            : throw UnknownNameException.For("environment", id, _registrations.Keys, "'gymkhana envs' lists them");

    /// <summary>Makes a batch of copies.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="count">Number of copies, at least 1.</param>
    /// <param name="settings">Settings that differ from the defaults, or null for none.</param>
    /// <returns>The environment; call <see cref="IEnvironment.Reset"/> first.</returns>
    public IEnvironment Create(string id, int count, SettingValues? settings = null)
    {
        EnvironmentRegistration registration = Find(id);
        return registration.Create(settings ?? registration.Schema.Defaults, count);
    }
}
