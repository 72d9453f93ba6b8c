using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Particle;

/// <summary>The picture of simple_spread_v3.</summary>
internal static class SimpleSpreadScene
{
    /// <summary>Adds a game.</summary>
    public static void Add(Scene scene, SimpleSpreadEnvironment spread, ParticlePicture picture)
    {
        int agents = spread.Options.Agents, covered = 0;
        ParticleScene.AddField(scene, picture);
        for (int landmark = 0; landmark < agents; landmark++)
        {
            Vector2 place = picture.Landmark(landmark);
            bool isCovered = false;
            for (int agent = 0; agent < agents; agent++)
            {
                isCovered |= Vector2.Distance(picture.Agent(agent), place) < 0.1f;
            }

            covered += isCovered ? 1 : 0;
            ParticleScene.AddGoal(scene, place, (float)SimpleSpreadEnvironment.LandmarkRadius, isCovered);
        }

        for (int agent = 0; agent < agents; agent++)
        {
            ParticleScene.AddTrail(scene, picture, agent, (float)SimpleSpreadEnvironment.AgentRadius, ColourOf(agent));
        }

        for (int agent = 0; agent < agents; agent++)
        {
            ParticleScene.AddBody(scene, picture.Agent(agent), (float)SimpleSpreadEnvironment.AgentRadius, ColourOf(agent));
        }

        int steps = spread.StepsOf(picture.Copy);
        ParticleScene.AddTitle(scene, "Spread", string.Create(CultureInfo.InvariantCulture, $"{SimpleSpreadPage.Id} · step {steps} of {spread.Options.MaxCycles}"));
        ParticleScene.AddFigure(scene, 0, string.Create(CultureInfo.InvariantCulture, $"{covered}/{agents}"), "covered");
    }

    private static Rgba ColourOf(int agent) => ParticleScene.Classes[(agent + 1) % ParticleScene.Classes.Length];
}
