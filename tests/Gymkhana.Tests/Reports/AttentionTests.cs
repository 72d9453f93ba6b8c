using System.Xml.Linq;
using Gymkhana.Cli.Reports;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.ClassicControl;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Reports;

public sealed class AttentionTests
{
    private const int Steps = 6;
    private static readonly float[] Shares = [0.5f, 0.3f, 0.2f];

    [Fact]
    public void Of_FixedShares_AreSetAgainstAnEvenDivision()
    {
        AttentionStudy study = Study("comm_range=unlimited", new FixedShares()) ?? throw new InvalidOperationException("Nobody attends.");
        Assert.Equal(["A 0", "A 1", "B 2", "B 3"], study.Agents);
        Assert.Equal(Steps, study.Steps.Length);
        for (int receiver = 0; receiver < 4; receiver++)
        {
            int[] senders = [.. Enumerable.Range(0, 4).Where(s => s != receiver)];
            for (int i = 0; i < senders.Length; i++)
            {
                Assert.Equal(3 * Shares[i], study.Preference[receiver, senders[i]], 1e-6);
                Assert.Equal(1, study.Heard[receiver, senders[i]]);
                Assert.All(study.Steps, step => Assert.Equal(Shares[i], step[receiver, senders[i]]));
            }

            Assert.Equal(double.NaN, study.Preference[receiver, receiver]);
        }

        XElement square = XElement.Parse(AttentionSvg.Preferences(study)), course = XElement.Parse(AttentionSvg.Course(study));
        Assert.Equal(4, square.Elements("text").Count(t => t.Value == "1.50×"));
        Assert.Equal(4 * 3, course.Elements("path").Count());
    }

    [Fact]
    public void Of_OneVoiceAtATime_PrefersNobody()
    {
        AttentionStudy study = Study("comm_neighbors=1,comm_range=unlimited", new FixedShares()) ?? throw new InvalidOperationException("Nobody attends.");
        Assert.All(study.Preference.Cast<double>(), preference => Assert.Equal(double.NaN, preference));
        Assert.InRange(study.Heard.Cast<double>().Sum(), 3.99, 4.01);
    }

    [Fact]
    public void Of_NobodyWhoAttends_IsNothing()
    {
        Assert.Null(Study("comm_range=unlimited", new RandomPolicy()));
        Assert.Null(AttentionStudy.Of(new RandomPolicy(), CartPole.Registration, CartPole.Registration.Schema.Defaults, 0));
    }

    private static AttentionStudy? Study(string settings, IPolicy policy)
    {
        EnvironmentRegistration tag = SimpleTagEnvironment.Registration;
        SettingValues values = tag.Schema.Defaults.With("classes", "A:self+landmarks,B:self+prey").With("adversaries", "A:2,B:2").With("prey", "random").With("max_cycles", $"{Steps}");
        foreach (string pair in settings.Split(',')) values = values.With(pair.Split('=')[0], pair.Split('=')[1]);
        return AttentionStudy.Of(policy, tag, values, shown: 3);
    }

    // Half to the first that is heard, then three and two tenths; stands still.
    private sealed class FixedShares : IPolicy
    {
        public string Name => "fixed shares";

        public IActor CreateActor(IEnvironment environment, int group = 0) => new Actor((ICommunicating)environment, environment.Count);

        private sealed class Actor : IActor
        {
            private readonly ICommunicating _talking;
            private readonly int _copies;

            public Actor(ICommunicating talking, int copies)
            {
                (_talking, _copies) = (talking, copies);
                talking.KeepsLinks = true;
            }

            public void Reset(ReadOnlySpan<ulong> seeds)
            {
            }

            public void Act()
            {
                _talking.HasLinkWeights = true;
                for (int copy = 0; copy < _copies; copy++)
                {
                    for (int receiver = 0; receiver < _talking.Talkers; receiver++)
                    {
                        int heard = 0;
                        for (int sender = 0; sender < _talking.Talkers; sender++)
                        {
                            _talking.LinkWeights[receiver, sender, copy] = _talking.Links[receiver, sender, copy] > 0 ? Shares[heard++] : 0;
                        }
                    }
                }
            }

            public void EpisodeEnded(int copy)
            {
            }
        }
    }
}
