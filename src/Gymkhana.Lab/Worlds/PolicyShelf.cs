using System.Globalization;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Lab.Live;
using Gymkhana.Lab.Runs;
using Microsoft.AspNetCore.Http;

namespace Gymkhana.Lab.Worlds;

/// <summary>The policies that can be watched: built-in ones, shipped models, champions of runs.</summary>
/// <param name="parts">What the program is made of.</param>
/// <param name="options">Where the models are.</param>
/// <param name="shelf">The runs.</param>
internal sealed class PolicyShelf(LabParts parts, LabOptions options, RunShelf shelf)
{
    private const string RunPrefix = "run:";
    private const string ModelPrefix = "model:";
    private const string ModelEnding = ".onnx";
    private const string You = "you";

    private readonly Lazy<IReadOnlyList<PolicyCard>> _fixed = new(() => [.. BuiltIn(parts), .. Models(parts, options)]);

    /// <summary>All policies.</summary>
    public IReadOnlyList<PolicyCard> Cards() =>
    [
        .. shelf.Cards().Where(c => c.HasChampion && c.State != "broken").Select(c => new PolicyCard(RunPrefix + c.Name, c.Name, [c.Environment!])), // a run that is whole names its world
        .. _fixed.Value,
    ];

    /// <summary>The scene that a query asks for.</summary>
    /// <exception cref="GymkhanaException">It cannot be shown; the message says why.</exception>
    public IShow Scene(IQueryCollection query)
    {
        EnvironmentRegistration world = parts.Environments.Find(query["world"].ToString());
        (IPolicy policy, SettingValues settings) = parts.FindPolicy(Find(query["policy"].ToString()), world, [.. query["set"].OfType<string>().Where(s => s.Length > 0)]);
        string? driven = query["drive"].ToString() is { Length: > 0 } agent ? agent : null;
        return new SceneShow(world.Create(settings, 1), policy, RaceWish.Whole(query, "seed") ?? 1, driven, parts.NetworkAt);
    }

    /// <summary>The race that is wished for.</summary>
    /// <exception cref="GymkhanaException">It cannot be shown; the message says why.</exception>
    public IShow Race(RaceWish wish)
    {
        RaceRules rules = wish.Rules();
        if (wish.Walkers.Count(id => id == You) > 1) throw new RefusedException(400, $"There is one of '{You}' only.");
        Hand? hand = wish.Walkers.Contains(You) ? new Hand(WalkerPage.ActionSpace) : null;
        return new RaceShow([.. wish.Walkers.Select(id => new Starter(id, id == You ? hand! : Walker(id)))], rules, hand);
    }

    /// <summary>The words with which the command line runs it.</summary>
    /// <exception cref="RefusedException">There can be no such race.</exception>
    public IReadOnlyList<string> RaceWords(RaceWish wish)
    {
        RaceRules rules = wish.Rules();
        IReadOnlyList<string> colours = rules.Colours.IsEmpty ? [] : ["--colours", string.Join(',', rules.Colours)];
        return ["race", .. wish.Walkers.Select(Find), "--targets", Text(rules.Targets), "--seed", Text(rules.Seed), "--seconds", Text(rules.LimitSeconds), .. colours];
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private IPolicy Walker(string id) => parts.FindPolicy(Find(id), parts.Environments.Find(WalkerPage.Id), []).Policy;

    private string Find(string id)
    {
        if (id.StartsWith(RunPrefix, StringComparison.Ordinal)) return FindRun(id[RunPrefix.Length..]);
        if (id.StartsWith(ModelPrefix, StringComparison.Ordinal) && ModelFiles(options).FirstOrDefault(f => f.Name == id[ModelPrefix.Length..]) is FileInfo model) return model.FullName;
        return parts.Policies.Any(p => p.Name == id) ? id : throw new RefusedException(404, $"There is no policy '{id}'.");
    }

    // "NAME", or "NAME@N" for an earlier champion; a run's own name may have an "@".
    private string FindRun(string name)
    {
        if (shelf.Has(name)) return shelf.PathOf(name);
        int at = name.LastIndexOf('@');
        return at > 0 && name.AsSpan(at + 1) is { Length: > 0 } digits && digits.IndexOfAnyExceptInRange('0', '9') < 0 ? shelf.PathOf(name[..at]) + name[at..] : shelf.PathOf(name);
    }

    private static IEnumerable<FileInfo> ModelFiles(LabOptions options) =>
        Directory.Exists(options.ModelsFolder)
            ? new DirectoryInfo(options.ModelsFolder).EnumerateFiles("*" + ModelEnding).Where(f => !f.Attributes.HasFlag(FileAttributes.ReparsePoint)).OrderBy(f => f.Name, StringComparer.Ordinal)
            : [];

    private static IEnumerable<PolicyCard> BuiltIn(LabParts parts) => parts.Policies.Select(policy =>
    {
        string[] worlds = [.. parts.Environments.Registrations.Where(e => Fits(policy, e)).Select(e => e.Id)];
        return new PolicyCard(policy.Name, policy.Name, worlds.Length == parts.Environments.Registrations.Count() ? null : worlds);
    });

    private static IEnumerable<PolicyCard> Models(LabParts parts, LabOptions options)
    {
        foreach (FileInfo file in ModelFiles(options))
        {
            PolicyOrigin? origin;
            try
            {
                // Which world matters not here: the policy is read, not bound.
                origin = parts.FindPolicy(file.FullName, parts.Environments.Registrations.First(), []).Policy.Origin;
            }
            catch (GymkhanaException)
            {
                continue; // a file that is no model of a policy is none to watch
            }

            yield return new PolicyCard(ModelPrefix + file.Name, file.Name, origin is null ? null : [origin.EnvironmentId]);
        }
    }

    // In any group: the others are played by chance.
    private static bool Fits(IPolicy policy, EnvironmentRegistration registration)
    {
        IEnvironment world = registration.Create(registration.Schema.Defaults, 1);
        return Enumerable.Range(0, world.Groups.Length).Any(group =>
        {
            try
            {
                policy.CreateActor(world, group);
                return true;
            }
            catch (PolicyMismatchException)
            {
                return false;
            }
        });
    }
}
