using System.Buffers.Binary;
using System.Globalization;
using System.Xml.Linq;
using Gymkhana.Cli;
using Gymkhana.Cli.Films;
using Gymkhana.Cli.Reports;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.CarRacing;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker;

namespace Gymkhana.Tests.Reports;

public sealed class ReportTests
{
    [Fact]
    public void Write_FinishedRun_HoldsScoresCurvesNetworkAndCommands()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            RunManifest manifest = Train(folder);
            var notes = new List<string>();
            string path = RunReport.Write(folder, Rooms.Open().Algorithm("neat"), WalkerEnvironment.Registration, 1, notes.Add, new VideoSettings { SearchPath = "" });
            string html = File.ReadAllText(path);
            XElement page = XElement.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);

            RunResults results = manifest.Results ?? throw new InvalidOperationException("The run was not scored.");
            Assert.Contains(results.Test.Metrics["targets"].Mean.ToString("0.00", CultureInfo.InvariantCulture), html, StringComparison.Ordinal);
            Assert.Contains(Readable.WithInterval(results.Validation.Mean, results.Validation.Ci95), html, StringComparison.Ordinal);
            Assert.Contains("--set neat.population=20", page.Value, StringComparison.Ordinal);
            Assert.Contains(" --set neat.generations=2", page.Value, StringComparison.Ordinal);
            Assert.True(page.Descendants("polyline").Count() >= 5);
            Assert.Contains(page.Descendants("svg"), svg => (string?)svg.Attribute("class") == "network");
            Assert.Empty(page.Descendants("script"));
            Assert.DoesNotContain("http", html, StringComparison.Ordinal);
            Assert.Single(notes); // Without ffmpeg there is a GIF, and a line that says so.
            Assert.True(File.Exists(Path.Combine(folder, "film.gif")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Write_RunOfPpo_HasCurvesOfReturnAndLossesAndNoNetwork()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            IAlgorithm ppo = Rooms.Open().Algorithm("ppo");
            var plan = new TrainingPlan
            {
                Algorithm = ppo,
                Environment = CartPole.Registration,
                AlgorithmSettings = ppo.Schema.Defaults.With("updates", "4").With("copies", "2").With("steps", "64").With("evaluate-every", "2").With("validation-episodes", "2"),
                EnvironmentSettings = CartPole.Registration.Schema.Defaults,
                EvaluationSettings = CartPole.Registration.Schema.Defaults,
                Seed = 7,
                Threads = 1,
                Budget = new TrainingBudget(null, null),
            };
            using (TrainingRun run = TrainingRun.Create(plan, folder))
            {
                run.Train(new Quiet(), CancellationToken.None);
            }

            string html = File.ReadAllText(RunReport.Write(folder, ppo, CartPole.Registration, 0, _ => { }, new VideoSettings()));
            XElement page = XElement.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]);
            string[] captions = [.. page.Descendants("figcaption").Select(c => c.Value)];
            Assert.Subset(captions.ToHashSet(), new HashSet<string> { "return over updates", "policy loss", "value loss", "Entropy of the policy", "Movement of the policy" });
            Assert.DoesNotContain("Fitness", captions);
            Assert.DoesNotContain(page.Descendants("svg"), svg => (string?)svg.Attribute("class") == "network");
            Assert.Contains("train ppo CartPole-v1 --preset none --seed 7", page.Value, StringComparison.Ordinal);
            Assert.Contains(" --set ppo.updates=4", page.Value, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Write_RunThatDrives_FilmsTheBestTheMedianAndTheWorstEpisode()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            IAlgorithm ppo = Rooms.Open().Algorithm("ppo");
            EnvironmentRegistration car = CarRacingEnvironment.Registration;
            SettingValues world = car.Schema.Defaults.With("episode-steps", "24").With("action-repeat", "8");
            var plan = new TrainingPlan
            {
                Algorithm = ppo,
                Environment = car,
                AlgorithmSettings = ppo.Schema.Defaults.With("updates", "1").With("copies", "2").With("steps", "4").With("epochs", "1").With("validation-episodes", "2"),
                EnvironmentSettings = world,
                EvaluationSettings = world,
                Seed = 3,
                Threads = 1,
                Budget = new TrainingBudget(null, null),
            };
            RunResults results;
            using (TrainingRun run = TrainingRun.Create(plan, folder))
            {
                run.Train(new Quiet(), CancellationToken.None);
                results = run.Manifest.Results ?? throw new InvalidOperationException("The run was not scored.");
            }

            Assert.Equal(["best", "median", "worst"], results.Episodes.Select(e => e.Rank));
            Assert.True(results.Episodes[0].Return >= results.Episodes[1].Return && results.Episodes[1].Return >= results.Episodes[2].Return);
            Assert.InRange(results.Test.Mean, results.Episodes[2].Return, results.Episodes[0].Return);

            string html = File.ReadAllText(RunReport.Write(folder, ppo, car, 1, _ => { }, new VideoSettings { SearchPath = "" }));
            Assert.Contains("The best (", html, StringComparison.Ordinal);
            Assert.Contains("<figcaption>return over updates", html, StringComparison.Ordinal);
            int frames = File.ReadAllBytes(Path.Combine(folder, "film.gif")).AsSpan().Count<byte>([0x21, 0xF9, 0x04]); // graphic control extensions
            Assert.InRange(frames, 24, 32); // three episodes of 24 world steps at 50 a second, every one of which is drawn, at 20 pictures a second
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void EpisodeFilm_SizeOfTheOriginal_HasItsPictures()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".png");
        try
        {
            SettingValues world = CarRacingEnvironment.Registration.Schema.Defaults.With("episode-steps", "3");
            var random = new RandomPolicy();
            IEnvironment car = CarRacingEnvironment.Registration.Create(world, 1);
            FilmSummary summary = new EpisodeFilm(car, random, (600, 400)).Record([new EpisodeShot(5, null, string.Empty, GoesOn: false)], path, new VideoSettings(), null, CancellationToken.None);
            Assert.True(summary.Frames > 0);
            byte[] png = File.ReadAllBytes(path);
            Assert.Equal((600, 400), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
            GymkhanaException refused = Assert.Throws<GymkhanaException>(() => new EpisodeFilm(car, random, (640, 480)));
            Assert.Contains("600x400, 1000x800", refused.Message, StringComparison.Ordinal);
            Assert.Throws<GymkhanaException>(() => new EpisodeFilm(CartPole.Registration.Create(CartPole.Registration.Schema.Defaults, 1), random, (600, 400)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void FeatureNames_OfWalker_NameEachNumber()
    {
        EnvironmentPage page = new WalkerEnvironment(new WalkerOptions(), 1).Spec.Page;

        Assert.Equal("distance", FeatureNames.Of(page.Observations, 9)[0]);
        Assert.Equal("friction of foot 3", FeatureNames.Of(page.Observations, 9)[6]);
        Assert.Equal(["grip of foot 0", "grip of foot 1", "grip of foot 2", "grip of foot 3", "muscle 0", "muscle 1"], FeatureNames.Of(page.Actions, 6));
    }

    [Fact]
    public void Draw_CurveWithGapsAndOnePoint_HasNoInvalidNumbers()
    {
        string chart = CurveChart.Draw("a < b", "x", [1, 2, 3], [new Curve("one", [double.NaN, 2, double.PositiveInfinity]), new Curve("flat", [0, 0, 0])]);

        Assert.DoesNotContain("NaN", chart, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", chart, StringComparison.Ordinal);
        Assert.NotNull(XElement.Parse(chart));
        Assert.Equal(string.Empty, CurveChart.Draw("none", "x", [], []));
    }

    [Fact]
    public void Draw_CurveWithIntervals_HasABandAlongTheUpperEndsAndBack()
    {
        var curve = new Curve("one", [1, double.NaN, 2]) { Band = ([0.5, double.NaN, 1], [2, double.NaN, 4]) };
        var chart = XElement.Parse(CurveChart.Draw("one", "x", [0, 1, 2], [curve]));
        string[] points = chart.Descendants("polygon").Single().Attribute("points")!.Value.Split(' ');

        // The axes end at x = 2 and y = 4, the greatest upper end: left 44, right 350, top 10, bottom 194.
        Assert.Equal(["44.0,102.0", "350.0,10.0", "350.0,148.0", "44.0,171.0"], points);
        Assert.Single(chart.Descendants("polyline"));
    }

    private static RunManifest Train(string folder)
    {
        IAlgorithm neat = Rooms.Open().Algorithm("neat");
        var plan = new TrainingPlan
        {
            Algorithm = neat,
            Environment = WalkerEnvironment.Registration,
            AlgorithmSettings = neat.Schema.Defaults.With("population", "20").With("generations", "2").With("lists", "2").With("validation-lists", "2"),
            EnvironmentSettings = WalkerEnvironment.Registration.Schema.Defaults.With("episode-seconds", "5"),
            EvaluationSettings = WalkerEnvironment.Registration.Schema.Defaults.With("episode-seconds", "5"),
            Preset = null,
            Seed = 7,
            Threads = 1,
            Budget = new TrainingBudget(null, null),
        };
        using TrainingRun run = TrainingRun.Create(plan, folder);
        run.Train(new Quiet(), CancellationToken.None);
        return run.Manifest;
    }

    private sealed class Quiet : ITrainingObserver
    {
        public void Note(string line)
        {
        }

        public void Advanced(TrainingProgress progress)
        {
        }

        public void Scoring()
        {
        }
    }
}
