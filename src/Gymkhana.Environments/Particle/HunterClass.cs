using System.Collections.Immutable;
using System.Globalization;
using Gymkhana.Core.Settings;

namespace Gymkhana.Environments.Particle;

/// <summary>What a class of hunters sees.</summary>
public enum HunterView
{
    /// <summary>Its own velocity and position.</summary>
    Self,

    /// <summary>The places of the landmarks.</summary>
    Landmarks,

    /// <summary>The places of the landmarks relative to its own.</summary>
    LandmarksRelative,

    /// <summary>Place and velocity of each prey.</summary>
    Prey,

    /// <summary>Place of each prey relative to its own, and the prey's velocity.</summary>
    PreyRelative,

    /// <summary>Place and velocity of the prey that is nearest to it.</summary>
    NearestPrey,

    /// <summary>The places of the other hunters relative to its own.</summary>
    Others,

    /// <summary>All that MPE2 shows a hunter.</summary>
    Everything,
}

/// <summary>A class of hunters: its name, what its members see, and how many there are.</summary>
/// <param name="Name">Name of the class and of its group.</param>
/// <param name="Views">What its members see, in order.</param>
/// <param name="Count">Members; 0 leaves the class out of the team, but not out of the class ids.</param>
public sealed record HunterClass(string Name, ImmutableArray<HunterView> Views, int Count)
{
    /// <summary>The name of MPE2's one class of hunters.</summary>
    public const string Plain = "adversary";

    /// <summary>The name of the prey's group, which no class may have.</summary>
    public const string PreyGroup = "agent";

    private const string Example = "classes=A:self+landmarks,B:self+prey";

    private static readonly ImmutableArray<(string Word, HunterView View)> Words =
    [
        ("self", HunterView.Self), ("landmarks", HunterView.Landmarks), ("landmarks-relative", HunterView.LandmarksRelative), ("prey", HunterView.Prey),
        ("prey-relative", HunterView.PreyRelative), ("prey-nearest", HunterView.NearestPrey), ("others", HunterView.Others), ("everything", HunterView.Everything),
    ];

    /// <summary>The words of some views, joined by commas.</summary>
    internal static string Describe(ImmutableArray<HunterView> views) => string.Join(", ", views.Select(v => Words.First(w => w.View == v).Word));

    /// <summary>Reads the classes of a team.</summary>
    /// <param name="values">The settings.</param>
    /// <returns>The classes in order, at least one with a member; empty for MPE2's one plain class.</returns>
    /// <exception cref="SettingException">The line says what is wrong.</exception>
    internal static ImmutableArray<HunterClass> Read(SettingValues values)
    {
        ImmutableArray<(string Name, string Text)> classes = Pairs("classes", values.Text("classes"), Example);
        ImmutableArray<(string Name, string Text)> counts = Pairs("adversaries", values.Text("adversaries"), "adversaries=A:3,B:1");
        if (classes.IsEmpty)
        {
            return counts.IsEmpty ? [] : throw new SettingException($"Setting 'adversaries' counts classes, but there are none. Say what they see with --set {Example}, or use num_adversaries.");
        }

        foreach ((string name, _) in counts)
        {
            if (!classes.Any(c => c.Name == name))
            {
                throw new SettingException($"Setting 'adversaries' counts class '{name}', but 'classes' has {Names(classes)}. Add it there, or correct the name.");
            }
        }

        if (counts.IsEmpty && classes.Length > 1)
        {
            throw new SettingException($"Setting 'classes' has {Names(classes)}, but nothing says how many hunters of each. Add --set adversaries={string.Join(',', classes.Select(c => c.Name + ":2"))}.");
        }

        ImmutableArray<HunterClass> read = [.. classes.Select(c => new HunterClass(c.Name, ViewsOf(c.Name, c.Text), CountOf(values, c.Name, counts)))];
        int hunters = read.Sum(c => c.Count);
        if (hunters is < 1 or > SimpleTagOptions.MostAgents)
        {
            throw new SettingException($"Setting 'adversaries' makes {hunters} hunters, expected 1 to {SimpleTagOptions.MostAgents}. Change the numbers.");
        }

        // A run keeps every setting, the defaults too: only another number than the default contradicts.
        return values.Changed.TryGetValue("num_adversaries", out string? given) && given != hunters.ToString(CultureInfo.InvariantCulture)
            ? throw new SettingException($"Settings 'num_adversaries' ({given}) and 'adversaries' ({hunters} hunters) contradict each other. Give one of them.")
            : read;
    }

    private static ImmutableArray<(string Name, string Text)> Pairs(string key, string text, string example)
    {
        var pairs = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (string piece in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = piece.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? string.Empty : piece[..colon].Trim();
            if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit) || !char.IsAsciiLetter(name[0]) || name is Plain or PreyGroup)
            {
                throw new SettingException($"Setting '{key}' expects CLASS:VALUE, several joined by commas, with names of letters and digits other than '{Plain}' and '{PreyGroup}', got '{piece}'. Write for example --set {example}.");
            }

            if (pairs.Any(p => p.Item1 == name))
            {
                throw new SettingException($"Setting '{key}' has class '{name}' twice. Leave one out.");
            }

            pairs.Add((name, piece[(colon + 1)..].Trim()));
        }

        return pairs.ToImmutable();
    }

    private static ImmutableArray<HunterView> ViewsOf(string name, string text)
    {
        var views = ImmutableArray.CreateBuilder<HunterView>();
        foreach (string word in text.Split('+'))
        {
            int index = Words.Select(w => w.Word).ToList().IndexOf(word.Trim());
            if (index < 0)
            {
                throw new SettingException($"Class '{name}' in setting 'classes' expects views of {string.Join(", ", Words.Select(w => w.Word))}, joined by +, got '{word}'. Write for example --set {Example}.");
            }

            views.Add(Words[index].View);
        }

        return views.ToImmutable();
    }

    private static int CountOf(SettingValues values, string name, ImmutableArray<(string Name, string Text)> counts)
    {
        if (counts.IsEmpty)
        {
            return values.Integer("num_adversaries");
        }

        foreach ((string counted, string text) in counts)
        {
            if (counted == name)
            {
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                    ? count
                    : throw new SettingException($"Setting 'adversaries' expects a whole number of hunters of class '{name}', got '{text}'. Write for example --set adversaries=A:3,B:1.");
            }
        }

        return 0;
    }

    private static string Names(ImmutableArray<(string Name, string Text)> classes) => string.Join(", ", classes.Select(c => c.Name));
}
