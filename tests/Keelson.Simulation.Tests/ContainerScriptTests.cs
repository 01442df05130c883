using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Simulation;

namespace Keelson.Simulation.Tests;

public sealed class ContainerScriptTests
{
    [Theory]
    [InlineData("sleep 5", 5, 0)]
    [InlineData("sleep 1m", 60, 0)]
    [InlineData("false", 0, 1)]
    [InlineData("sh -c|echo hi; sleep 2; exit 3", 2, 3)]
    [InlineData("/bin/sh -ec|sleep 1 && exit 0; sleep 9", 1, 0)]
    public void Commands_that_end_take_their_time_and_exit_as_they_say(string command, int seconds, int exitCode)
    {
        ContainerBehaviour behaviour = Read(command, isMeantToEnd: true);
        Assert.Equal(TimeSpan.FromSeconds(seconds), behaviour.Takes);
        Assert.Equal(exitCode, behaviour.ExitCode);
    }

    [Theory]
    [InlineData("sleep infinity", true)]
    [InlineData("sh -c|while true; do date; sleep 1; done", true)]
    [InlineData("nginx -g|daemon off;", false)]
    [InlineData("", false)]
    public void Servers_run_until_they_are_stopped(string command, bool isMeantToEnd) =>
        Assert.Null(Read(command, isMeantToEnd).Takes);

    [Fact]
    public void An_unknown_command_that_is_meant_to_end_does() =>
        Assert.Equal(TimeSpan.FromSeconds(1), Read("perl -Mbignum=bpi -wle|print bpi(2000)", isMeantToEnd: true).Takes);

    private static ContainerBehaviour Read(string command, bool isMeantToEnd)
    {
        string[] parts = command.Split('|');
        string[] words = parts[0].Length == 0 ? [] : [.. parts[0].Split(' '), .. parts[1..]];
        Container container = Container.Empty with { Name = "c", Command = words.ToApiList() };
        return ContainerScript.Read(container, isMeantToEnd, TimeSpan.FromSeconds(1));
    }
}
