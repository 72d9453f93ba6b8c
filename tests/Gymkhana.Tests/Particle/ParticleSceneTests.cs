using System.Numerics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

public sealed class ParticleSceneTests
{
    [Fact]
    public void Draw_BetweenSteps_MovesAlongStraightLines()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions());
        Vector2 before = environment.PlaceOf(3, 0);
        Centre(environment, 3, 1);
        environment.Groups[1].Actions.Write(0, 0, 0, 2);
        environment.Step();
        environment.Step();
        before = environment.PlaceOf(3, 0);
        environment.Step();
        Vector2 after = environment.PlaceOf(3, 0);
        Assert.NotEqual(before, after);
        Assert.Equal(after, Centre(environment, 3, 1));
        Assert.Equal(Vector2.Lerp(before, after, 0.5f), Centre(environment, 3, 0.5f));
    }

    [Fact]
    public void Draw_AfterAnEpisodesEnd_BeginsANewTrail()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { MaxCycles = 3 });
        Centre(environment, 3, 1);
        for (int step = 0; step < 3; step++) environment.Step();
        Assert.Equal(environment.PlaceOf(3, 0), Centre(environment, 3, 0));
    }

    [Fact]
    public void Draw_Messages_AreArcsWhoseWidthIsTheWeight()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { PlainHunters = 2 });
        int alike = Arcs(environment).Length;
        Assert.Equal(2 * 14, alike);
        environment.HasLinkWeights = true;
        environment.LinkWeights[0, 1, 0] = 1;
        float[] widths = Arcs(environment);
        Assert.Equal(0.03f, widths.Max(), 1e-4f);
        Assert.Equal(14, widths.Count(w => w <= 0.0051f));
    }

    [Fact]
    public void Draw_AnyNumberOfTimes_ChangesNothing()
    {
        SimpleTagEnvironment drawn = Begin(new SimpleTagOptions { PreyScript = TagScript.Flee }), alone = Begin(new SimpleTagOptions { PreyScript = TagScript.Flee });
        for (int step = 0; step < 30; step++)
        {
            Centre(drawn, 0, 0.3f);
            drawn.Step();
            alone.Step();
            Assert.Equal(alone.Groups[0].Observations.As<float>().Values, drawn.Groups[0].Observations.As<float>().Values);
        }
    }

    [Fact]
    public void Draw_AnAgentFarAway_WidensThePictureAndLeavesWordsWhereTheyAre()
    {
        SimpleTagEnvironment environment = Begin(new SimpleTagOptions { MaxCycles = 200 });
        Scene near = SceneOf(environment, 1);
        Assert.Equal(ParticleScene.Frame, near.Viewport);
        environment.At(ParticleRows.Place(1) + ParticleRows.Lanes, 0) = 2;
        environment.Step();
        Assert.InRange(SceneOf(environment, 1).Viewport.Top, 1.5f, 2);
        Assert.Equal((SceneOf(environment, 0).Viewport.Top + SceneOf(environment, 1).Viewport.Top) / 2, SceneOf(environment, 0.5f).Viewport.Top, 1e-5f);
        for (int step = 0; step < 12; step++) environment.Step();
        Scene far = SceneOf(environment, 1);
        Assert.Equal(2.2f, far.Viewport.Top, 0.01f);
        Assert.Equal(Title(near), Title(far));

        // Far too far: it is left alone.
        environment.At(ParticleRows.Place(1) + ParticleRows.Lanes, 0) = 40;
        for (int step = 0; step < 120; step++) environment.Step();
        Assert.Equal(ParticleScene.Frame.Top, SceneOf(environment, 1).Viewport.Top, 0.01f);

        static (Vector2 Place, int Size) Title(Scene scene)
        {
            PixelMap map = scene.Viewport.ToPixels(1280, 720);
            foreach (Primitive primitive in scene.Primitives)
            {
                if (primitive.Kind == PrimitiveKind.Text && primitive.Text == "Tag") return (Vector2.Round(map.Map(scene.PointsOf(primitive)[0])), (int)Math.Round(primitive.Radius * map.Scale));
            }

            throw new InvalidOperationException("There is no title.");
        }
    }

    private static SimpleTagEnvironment Begin(SimpleTagOptions options)
    {
        var environment = new SimpleTagEnvironment(options, 2) { KeepsLinks = true };
        environment.Reset(9);
        return environment;
    }

    private static Scene SceneOf(SimpleTagEnvironment environment, float moment)
    {
        var scene = new Scene();
        environment.Draw(0, scene, moment);
        return scene;
    }

    // The middle of an agent's disc: discs of its radius are drawn last, in the order of agents.
    private static Vector2 Centre(SimpleTagEnvironment environment, int agent, float moment)
    {
        Scene scene = SceneOf(environment, moment);
        float radius = agent < environment.Team.Hunters ? 0.075f : 0.05f;
        var centres = new List<Vector2>();
        foreach (Primitive primitive in scene.Primitives)
        {
            if (primitive.Kind == PrimitiveKind.Circle && primitive.Radius == radius) centres.Add(scene.PointsOf(primitive)[0]);
        }

        return centres[agent < environment.Team.Hunters ? agent : agent - environment.Team.Hunters];
    }

    private static float[] Arcs(SimpleTagEnvironment environment)
    {
        var widths = new List<float>();
        foreach (Primitive primitive in SceneOf(environment, 1).Primitives)
        {
            if (primitive.Kind == PrimitiveKind.Polyline && !primitive.Closed) widths.Add(primitive.Width);
        }

        return [.. widths];
    }
}
