using Gymkhana.Core.Conformance;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

public sealed class ParticleConformanceTests
{
    public static TheoryData<string, string> Worlds => new()
    {
        { SimpleTagPage.Id, "" },
        { SimpleTagPage.Id, "continuous_actions=true;num_good=2;terminate_on_success=true;max_cycles=40" },
        { SimpleTagPage.Id, "num_agent_neighbors=2;num_landmark_neighbors=1;num_adversaries=5" },
        { SimpleTagPage.Id, "num_landmark_neighbors=4;distance_shaping=true" },
        { SimpleTagPage.Id, "num_agent_neighbors=9;num_obstacles=0" },
        { SimpleTagPage.Id, "classes=A:self+landmarks,B:self+prey;adversaries=A:2,B:2;prey=random" },
        { SimpleTagPage.Id, "classes=A:self+landmarks,B:self+prey;adversaries=A:1,B:2;prey=flee;num_good=3" },
        { SimpleTagPage.Id, "hunters=random;num_adversaries=6" },
        { SimpleTagPage.Id, "hunters=lookahead;continuous_actions=true" },
        { SimpleSpreadPage.Id, "" },
        { SimpleSpreadPage.Id, "N=5;local_ratio=0.2;continuous_actions=true;num_agent_neighbors=2;num_landmark_neighbors=6" },
        { SimpleSpreadPage.Id, "N=1;terminate_on_success=true;max_cycles=60;curriculum=true" },
    };

    [Theory]
    [MemberData(nameof(Worlds))]
    public void Run_ParticleWorld_FindsNothing(string id, string settings)
    {
        EnvironmentRegistration registration = id == SimpleTagPage.Id ? SimpleTagEnvironment.Registration : SimpleSpreadEnvironment.Registration;
        SettingValues values = registration.Schema.Defaults.With(
            settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(s => KeyValuePair.Create(s[..s.IndexOf('=', StringComparison.Ordinal)], s[(s.IndexOf('=', StringComparison.Ordinal) + 1)..])));
        Assert.Empty(EnvironmentChecks.Run(registration, new ConformanceOptions { Settings = values }));
    }
}
