using Gymkhana.Core.Settings;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// The compositions that a team is trained in beside the task's own, as a setting spells them: compositions are parted by "/", the
/// settings of the environment that make one by "+", such as <c>adversaries=A:3,B:1/adversaries=A:3,B:3+num_good=2</c>.
/// </summary>
internal static class TeamMixture
{
    /// <summary>The settings of the environment in each composition, the task's own first.</summary>
    /// <param name="text">What the setting says, possibly nothing.</param>
    /// <param name="task">The task's own settings.</param>
    /// <returns>At least one.</returns>
    /// <exception cref="SettingException">Not of this form, or not settings of the environment.</exception>
    public static SettingValues[] Of(string text, SettingValues task) =>
        [task, .. text.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(composition => With(task, composition, text))];

    private static SettingValues With(SettingValues task, string composition, string text)
    {
        SettingValues values = task;
        string? pair = null;
        foreach (string? piece in composition.Split('+').Append<string?>(null))
        {
            // A piece without an equals sign belongs to the value before it, which may hold plus signs.
            if (piece is not null && pair is not null && !piece.Contains('=', StringComparison.Ordinal))
            {
                pair += "+" + piece;
                continue;
            }

            if (pair is not null)
            {
                int equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1)
                {
                    throw new SettingException($"Setting 'mixture' expects compositions parted by / of settings KEY=VALUE joined by +, got '{text}'. Give it as --set mixture=num_good=2/num_good=3+num_obstacles=6.");
                }

                values = values.With(pair[..equals], pair[(equals + 1)..]);
            }

            pair = piece;
        }

        return values;
    }
}
