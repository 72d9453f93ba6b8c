using System.Globalization;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.CarRacing;

/// <summary>Documentation of CarRacing-v3.</summary>
public static class CarRacingPage
{
    /// <summary>Id of the environment.</summary>
    public const string Id = "CarRacing-v3";

    /// <summary>One sentence.</summary>
    public const string Summary = "Drive a car round a random track, from pictures of it seen from above.";

    internal static EnvironmentSpec Spec(CarRacingOptions options) => new()
    {
        Id = Id,
        Summary = Summary,
        StepSeconds = 0.02 * options.ActionRepeat,
        MaxEpisodeSteps = (options.EpisodeSteps + options.ActionRepeat - 1) / options.ActionRepeat,
        Figures =
        [
            new Figure("tilesVisited", "tiles", "Tiles of the track that a wheel has touched"),
            new Figure("trackFraction", "", "The same as a fraction of all tiles"),
            new Figure("lapsFinished", "laps", "1 where every tile was visited, else 0"),
            new Figure("drivenSeconds", "s", "Simulated time of the episode"),
        ],
        Page = Page(options),
    };

    private static EnvironmentPage Page(CarRacingOptions options) => new()
    {
        Description =
            "A rear-wheel-drive car with a powerful engine and sliding tyres on a closed track, new for each episode. The driver sees a picture of 96×96 pixels, the "
            + "car always at the same place and heading up, with a bar of indicators below: score, speed, spin of the four wheels, steering angle, angular speed.",
        Actions = options.Controls switch
        {
            CarControls.Continuous =>
            [
                new FeatureRow("0", "steering", "rad of the front wheels, at most ±0.4 in effect", "−1 (left) to 1 (right)"),
                new FeatureRow("1", "gas", "rises by at most 0.1 in a step", "0 to 1"),
                new FeatureRow("2", "brake", "from 0.9 on the wheels lock", "0 to 1"),
            ],
            CarControls.Five => [new FeatureRow("0", "choice", "", "0 nothing, 1 right, 2 left (±0.6), 3 gas (0.2), 4 brake (0.8)")],
            _ =>
            [
                new FeatureRow(
                    "0",
                    "choice of steering, gas, brake",
                    "",
                    "0–4 straight: nothing, gas ½, gas 1, brake ½, brake 1; 5–14 left by ½ or 1: alone, with gas ½, gas 1, brake ½, brake 1; 15–24 right, likewise"),
            ],
        },
        Observations =
        [
            new FeatureRow(
                "all",
                options.Grey ? "pictures, oldest first, [stack, row, column]" : "pictures, oldest first, [stack, row, column, colour], without the first axis when stack is 1",
                options.Grey ? "grey: 0.299 red + 0.587 green + 0.114 blue" : "red, green, blue",
                "0 to 255"),
        ],
        Reward =
            "tiles: 1000/N for each of the N tiles when a wheel first touches it; the two or so under the car at the start count in the first step. time: −0.1 for each world "
            + "step. outside: −100 instead of both in the step that leaves the field. rounding: what the original's difference of running sums leaves beside these, about 1e-13.",
        Start =
            "A track of about 300 tiles around the field, laid from 12 random checkpoints; the car stands on its first row. One world step without orders is part of the reset, "
            + "in which the wheels snap into place. With domain-randomize the colours of road and field are drawn before the track.",
        End = string.Create(
            CultureInfo.InvariantCulture,
            $"Terminated when every tile has been visited, or the hull leaves the field of ±333.3 m. Truncated after {options.EpisodeSteps} world steps ('episode-steps'), and, with 'early-end', when the mean reward of the last (at most) 100 world steps is −1 or less."),
        Source =
            "Gymnasium 1.4.0's CarRacing-v3 (O. Klimov; MIT) on Box2D 2.3.0 (E. Catto): tracks, dynamics, rewards and ends are equal to the last bit for the same seed and actions.",
        Versions = "v3: as Gymnasium's v3.",
    };
}
