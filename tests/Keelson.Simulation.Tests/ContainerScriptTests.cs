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

    [Theory]
    [InlineData("exit $((INDEX % 2))", 1, "")]
    [InlineData("exit $(expr ${INDEX} % 2)", 1, "")]
    [InlineData("if [ $INDEX -eq 3 ]; then echo three; exit 5; else exit 6; fi", 5, "three")]
    [InlineData("if [ -f /data/gone ]; then exit 1; elif [ -f /data/here ]; then exit 2; fi; exit 3", 2, "")]
    [InlineData("test -f /data/gone && exit 1 || exit 4", 4, "")]
    [InlineData("[ \"$NAME\" = \"a b\" ] || exit 1; echo \"it is $NAME\"", 0, "it is a b")]
    [InlineData("if [[ -r /new ]] ; then exit 0 ; else touch /new ; exit 7 ; fi", 7, "")]
    [InlineData("false && { echo no; exit 9; }; echo yes # and no more", 0, "yes")]
    public void Scripts_are_followed(string script, int exitCode, string output)
    {
        Container container = Container.Empty with { Name = "c", Command = ["sh", "-c", script] };
        ScriptSurroundings surroundings = new(
            static name => name switch
            {
                "INDEX" => "3",
                "NAME" => "a b",
                _ => null,
            },
            static file => file == "/data/here");
        ContainerBehaviour behaviour = ContainerScript.Read(container, true, TimeSpan.FromSeconds(1), surroundings);
        Assert.Equal((TimeSpan.Zero, exitCode), (behaviour.Takes, behaviour.ExitCode));
        Assert.Equal(output, string.Join('\n', behaviour.Output));
        Assert.Equal(script.Contains("touch", StringComparison.Ordinal) ? ["/new"] : [], behaviour.Touched);
    }

    [Theory]
    [InlineData("sleep 100", 137)]
    [InlineData("sh -c|trap 'exit 0' TERM; sleep infinity", 0)]
    [InlineData("nginx", 0)]
    [InlineData("/pause", 0)]
    public void Servers_heed_a_stop_and_shells_are_killed(string command, int exitCode) =>
        Assert.Equal(exitCode, Read(command, isMeantToEnd: true).StopExitCode);

    private static ContainerBehaviour Read(string command, bool isMeantToEnd)
    {
        string[] parts = command.Split('|');
        string[] words = parts[0].Length == 0 ? [] : [.. parts[0].Split(' '), .. parts[1..]];
        Container container = Container.Empty with { Name = "c", Command = words.ToApiList() };
        return ContainerScript.Read(container, isMeantToEnd, TimeSpan.FromSeconds(1));
    }
}
