using System.Globalization;
using Gymkhana.Core.Settings;

namespace Gymkhana.Environments.CarRacing;

/// <summary>What a driver may do.</summary>
public enum CarControls
{
    /// <summary>Steering, gas and brake as three numbers.</summary>
    Continuous,

    /// <summary>Gymnasium's five choices.</summary>
    Five,

    /// <summary>Twenty-five combinations of steering, gas and brake.</summary>
    TwentyFive,
}

/// <summary>The options of CarRacing-v3.</summary>
public sealed record CarRacingOptions
{
    /// <summary>The settings, as they are named on the command line.</summary>
    public static SettingSchema Schema { get; } = new(
        new Setting { Key = "continuous", Kind = SettingKind.Switch, Default = "true", Description = "Whether an action is three numbers (steering, gas, brake) or a choice (see discrete-actions)" },
        new Setting { Key = "discrete-actions", Kind = SettingKind.Choice, Default = "5", Choices = ["5", "25"], Description = "Choices when continuous is false: Gymnasium's five, or 25 combinations of steering, gas and brake" },
        new Setting { Key = "grey", Kind = SettingKind.Switch, Default = "true", Description = "Whether pictures are shades of grey (0.299 red + 0.587 green + 0.114 blue, rounded) or colours" },
        new Setting { Key = "stack", Kind = SettingKind.Integer, Default = "4", Minimum = 1, Maximum = 16, Unit = "pictures", Description = "How many of the last pictures an observation holds, oldest first; the first of an episode fills all places" },
        new Setting { Key = "hide-bar", Kind = SettingKind.Switch, Default = "false", Description = "Whether the bar of indicators (rows 84 to 95) is black" },
        new Setting { Key = "action-repeat", Kind = SettingKind.Integer, Default = "1", Minimum = 1, Maximum = 100, Unit = "world steps", Description = "World steps for each action; their rewards are added up" },
        new Setting { Key = "episode-steps", Kind = SettingKind.Integer, Default = "1000", Minimum = 1, Maximum = 1_000_000, Unit = "world steps", Description = "Time limit: the episode is truncated after so many world steps of 0.02 s" },
        new Setting { Key = "early-end", Kind = SettingKind.Switch, Default = "false", Description = "Whether an episode is truncated when the mean of its last (at most) 100 world steps' rewards is -1 or less" },
        new Setting { Key = "domain-randomize", Kind = SettingKind.Switch, Default = "false", Description = "Whether the colours of road and field are drawn anew for each episode" },
        new Setting { Key = "lap-complete-percent", Kind = SettingKind.Real, Default = "0.95", Minimum = 0, Maximum = 1, Description = "Kept from Gymnasium, where it has no effect: an episode ends when every tile has been visited" },
        new Setting { Key = "render", Kind = SettingKind.Choice, Default = "fast", Choices = ["fast", "exact"], Description = "How pictures are drawn: straight at 96×96, or as the original does to the pixel" });

    /// <summary>What a driver may do.</summary>
    public CarControls Controls { get; init; }

    /// <summary>Whether pictures are grey.</summary>
    public bool Grey { get; init; } = true;

    /// <summary>Pictures in an observation, 1 to 16.</summary>
    public int Stack { get; init; } = 4;

    /// <summary>Whether the rows of indicators are black.</summary>
    public bool HideBar { get; init; }

    /// <summary>World steps for each action, at least 1.</summary>
    public int ActionRepeat { get; init; } = 1;

    /// <summary>Time limit, world steps, at least 1.</summary>
    public int EpisodeSteps { get; init; } = 1000;

    /// <summary>Whether a hopeless episode is truncated.</summary>
    public bool EarlyEnd { get; init; }

    /// <summary>Whether colours are drawn for each episode.</summary>
    public bool DomainRandomize { get; init; }

    /// <summary>Fraction of the tiles that makes a lap if the first tile is visited after them; it never is.</summary>
    public double LapCompletePercent { get; init; } = 0.95;

    /// <summary>Whether pictures are the original's to the pixel.</summary>
    public bool ExactPictures { get; init; }

    /// <summary>The options as settings say.</summary>
    /// <param name="values">Values of <see cref="Schema"/>.</param>
    /// <returns>The options.</returns>
    public static CarRacingOptions From(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        int choices = int.Parse(values.Text("discrete-actions"), CultureInfo.InvariantCulture);
        return new CarRacingOptions
        {
            Controls = values.Switch("continuous") ? CarControls.Continuous : choices == 5 ? CarControls.Five : CarControls.TwentyFive,
            Grey = values.Switch("grey"),
            Stack = values.Integer("stack"),
            HideBar = values.Switch("hide-bar"),
            ActionRepeat = values.Integer("action-repeat"),
            EpisodeSteps = values.Integer("episode-steps"),
            EarlyEnd = values.Switch("early-end"),
            DomainRandomize = values.Switch("domain-randomize"),
            LapCompletePercent = values.Real("lap-complete-percent"),
            ExactPictures = values.Text("render") == "exact",
        };
    }
}
