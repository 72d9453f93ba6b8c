using System.Buffers;
using Gymkhana.Core;
using Gymkhana.Core.Settings;

namespace Gymkhana.Cli;

/// <summary>
/// Reads <c>--set key=value</c>. An environment's and an algorithm's settings share one namespace; a prefix (<c>env.</c> or the
/// algorithm's name) says which is meant, and is needed only for a key that both have. Several pairs may be joined by commas: a piece
/// that does not begin with a key and an equals sign belongs to the value before it.
/// </summary>
internal static class SettingAssignments
{
    private const string EnvironmentPrefix = "env";

    private static readonly SearchValues<char> KeyLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    /// <summary>Applies assignments to the settings of an environment alone.</summary>
    /// <param name="assignments">The words after <c>--set</c>.</param>
    /// <param name="environment">The settings so far.</param>
    /// <returns>The changed settings.</returns>
    public static SettingValues Apply(IEnumerable<string> assignments, SettingValues environment)
    {
        foreach (string assignment in assignments.SelectMany(Pairs))
        {
            (string? prefix, string key, string value) = Split(assignment);
            if (prefix is not null and not EnvironmentPrefix)
            {
                throw UnknownNameException.For("prefix of settings", prefix, [EnvironmentPrefix], $"write {EnvironmentPrefix}.{key} or {key}");
            }

            environment = environment.With(key, value);
        }

        return environment;
    }

    /// <summary>Applies assignments to the settings of an environment and an algorithm.</summary>
    /// <param name="assignments">The words after <c>--set</c>.</param>
    /// <param name="environment">The environment's settings so far.</param>
    /// <param name="algorithm">The algorithm's settings so far.</param>
    /// <param name="algorithmName">The algorithm, whose name is the prefix.</param>
    /// <returns>The changed settings.</returns>
    /// <exception cref="UsageException">Not of the form key=value, or a key that both have without a prefix.</exception>
    /// <exception cref="UnknownNameException">No such key or prefix.</exception>
    /// <exception cref="SettingException">Not a value of that setting.</exception>
    public static (SettingValues Environment, SettingValues Algorithm) Apply(
        IEnumerable<string> assignments, SettingValues environment, SettingValues algorithm, string algorithmName)
    {
        foreach (string assignment in assignments.SelectMany(Pairs))
        {
            (string? prefix, string key, string value) = Split(assignment);
            bool inEnvironment = environment.Schema.Has(key);
            bool inAlgorithm = algorithm.Schema.Has(key);
            if (prefix is null)
            {
                if (inEnvironment && inAlgorithm)
                {
                    throw new UsageException($"Both the environment and {algorithmName} have a setting '{key}'. Say which: --set {EnvironmentPrefix}.{assignment} or --set {algorithmName}.{assignment}.");
                }

                if (!inEnvironment && !inAlgorithm)
                {
                    IEnumerable<string> keys = environment.Schema.Settings.Concat(algorithm.Schema.Settings).Select(s => s.Key);
                    throw UnknownNameException.For("setting", key, keys, "the settings are " + string.Join(", ", keys));
                }

                prefix = inEnvironment ? EnvironmentPrefix : algorithmName;
            }

            if (prefix == EnvironmentPrefix)
            {
                environment = environment.With(key, value);
            }
            else if (prefix == algorithmName)
            {
                algorithm = algorithm.With(key, value);
            }
            else
            {
                throw UnknownNameException.For("prefix of settings", prefix, [EnvironmentPrefix, algorithmName], $"write {EnvironmentPrefix}.{key} or {algorithmName}.{key}");
            }
        }

        return (environment, algorithm);
    }

    private static IEnumerable<string> Pairs(string assignments)
    {
        string? pair = null;
        foreach (string piece in assignments.Split(','))
        {
            if (pair is null || StartsPair(piece))
            {
                if (pair is not null) yield return pair;
                pair = piece;
            }
            else
            {
                pair += "," + piece;
            }
        }

        yield return pair!; // a text always has a first piece
    }

    private static bool StartsPair(string piece)
    {
        int equals = piece.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && piece.AsSpan(0, equals).IndexOfAnyExcept(KeyLetters) < 0;
    }

    // The value may hold dots and equals signs; the key may not.
    private static (string? Prefix, string Key, string Value) Split(string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            throw new UsageException($"--set expects KEY=VALUE, got '{assignment}'. Write for example --set episode-seconds=50.");
        }

        string key = assignment[..equals];
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        return (dot < 0 ? null : key[..dot], key[(dot + 1)..], assignment[(equals + 1)..]);
    }
}
