using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Gymkhana.Cli.Reports;

namespace Gymkhana.Cli;

/// <summary>Options that several commands take, each read with a line of its own when it is wrong.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json() => new("--json") { Description = "print one JSON object on standard output and nothing else" };

    public static Option<string[]> Set(string whose) => Many("--set", "KEY=VALUE", $"change a setting of {whose}, or several joined by commas; may be given several times");

    public static Option<string[]> With() => Many("--with", "GROUP=POLICY", "let another policy act for a group of agents; may be given several times");

    /// <summary>An option that may be given several times, each time with one value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="what">What stands for the value in the help.</param>
    /// <param name="description">What it is for.</param>
    /// <returns>The option; its value is empty when it is not given.</returns>
    public static Option<string[]> Many(string name, string what, string description) => new(name)
    {
        Description = description,
        HelpName = what,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    public static Option<ulong?> Seed(string description) => Number<ulong>("--seed", "S", description, 0);

    public static Option<double?> Film() => Number("--film", "S", $"length of the report's film, s; 0 for none (default: a fourth of the time trained, at most {RunReport.LongestFilm})", 0.0);

    public static Option<int?> Threads() => Number("--threads", "N", "how many threads may work; changes no result (default: all cores)", 1);

    /// <summary>An option with a number.</summary>
    /// <typeparam name="T">Type of the number.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="letter">What stands for the number in the help.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="minimum">Smallest allowed number.</param>
    /// <returns>The option; its value is null when it is not given.</returns>
    public static Option<T?> Number<T>(string name, string letter, string description, T minimum)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = letter,
            CustomParser = result => Parse(result, name, minimum),
        };

    private static T? Parse<T>(ArgumentResult result, string name, T minimum)
        where T : struct, INumber<T>
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : string.Empty;
        NumberStyles style = typeof(T) == typeof(double) ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) && value >= minimum && T.IsFinite(value))
        {
            return value;
        }

        string kind = typeof(T) == typeof(double) ? "a number" : "a whole number";
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"Option {name} expects {kind} of at least {minimum}, got '{text}'"));
        return null;
    }
}
