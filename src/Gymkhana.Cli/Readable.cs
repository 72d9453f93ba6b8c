using System.Globalization;
using System.Text;

namespace Gymkhana.Cli;

/// <summary>Numbers and names as a person reads them.</summary>
internal static class Readable
{
    /// <summary>A duration: "8.4 s", "2 min 05 s", "1 h 12 min".</summary>
    /// <param name="seconds">Its length, s.</param>
    /// <returns>The text.</returns>
    public static string Duration(double seconds)
    {
        if (seconds < 60)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
        }

        long whole = (long)Math.Round(seconds);
        return whole < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{whole / 60} min {whole % 60:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{whole / 3600} h {whole % 3600 / 60:00} min");
    }

    /// <summary>A large count: "850", "12.3 k", "48.1 M", "3.2 G".</summary>
    /// <param name="value">The count.</param>
    /// <returns>The text.</returns>
    public static string Count(double value) => value switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.0} G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.0} M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.0} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0}"),
    };

    /// <summary>A measure with about four digits.</summary>
    /// <param name="value">The measure.</param>
    /// <returns>The text.</returns>
    public static string Measure(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e7
        ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) >= 1000 ? "0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>A mean with its interval: "21.40 [20.10, 22.65]".</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="interval">Low and high end.</param>
    /// <returns>The text.</returns>
    public static string WithInterval(double mean, IReadOnlyList<double> interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{mean:0.00} [{interval[0]:0.00}, {interval[1]:0.00}]");

    /// <summary>A camelCase name as words: "validationMean" gives "validation mean"; a single capital at the end is a name and stays, "touchesA" gives "touches A".</summary>
    /// <param name="name">The name.</param>
    /// <returns>The words.</returns>
    public static string Words(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]))
            {
                words.Append(' ');
            }

            words.Append(i == name.Length - 1 ? name[i] : char.ToLowerInvariant(name[i]));
        }

        return words.ToString();
    }
}
